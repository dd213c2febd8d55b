"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { api, apiPath, type Page } from "@/lib/http/api-client";
import { type InvitationView, membersFinding, type MemberView, roles } from "@/lib/identity";
import { DataTable } from "@/components/patterns/data-table";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { FilterBar } from "@/components/patterns/filter-bar";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import { EditMemberDialog } from "./edit-member-dialog";
import { InvitationsPanel } from "./invitations-panel";
import { InviteDialog } from "./invite-dialog";
import { identityKeys } from "./keys";
import { SettingsFrame, type SettingsTab } from "./settings-frame";

export type MembersScreenProps = {
  workspace: string;
  tabs: readonly SettingsTab[];
  canWrite: boolean;
  /** Why not, when `canWrite` is false. */
  blocked: string;
  ownId: string;
  members: Page<MemberView>;
  invitations: Page<InvitationView>;
};

export function MembersScreen({ workspace, tabs, canWrite, blocked, ownId, members, invitations }: MembersScreenProps) {
  const filters = useFilters(["q", "role"]);
  const queries = useQueryClient();
  const search = useSearchParams();
  const wanted = roles.find((role) => role === search.get("invite"));
  const [inviting, setInviting] = useState(canWrite && wanted !== undefined);
  const [edited, setEdited] = useState<MemberView>();
  const [removed, setRemoved] = useState<MemberView>();
  const list = useCursorList<MemberView>({
    queryKey: [...identityKeys.members(workspace), filters.values],
    fetchPage: (cursor, signal) => api.get(apiPath(workspace, "members"), { query: { ...filters.values, cursor }, signal }),
    initialPage: filters.active.length === 0 ? members : undefined,
  });
  const remove = async (member: MemberView) => {
    await api.delete(apiPath(workspace, "members", member.id));
    notify.done(`${member.name} was removed`);
    await queries.invalidateQueries({ queryKey: identityKeys.members(workspace) });
  };
  const header = (
    <PageHeader
      title={membersFinding(filters.active.length === 0 ? (list.rows ?? members.items) : members.items)}
      lead={canWrite ? undefined : blocked}
      actions={canWrite && <Button variant="primary" icon="plus" onClick={() => setInviting(true)}>Invite a person</Button>}
    />
  );
  return (
    <SettingsFrame workspace={workspace} current="members" tabs={tabs} header={header}>
      <FilterBar filters={filters} search={{ param: "q", placeholder: "Filter by name or address" }} facets={[{ param: "role", label: "Role", options: roles.map((role) => ({ value: role, label: role })) }]} />
      <DataTable<MemberView>
        {...list}
        label="Members by name"
        what="members"
        rowKey={(member) => member.id}
        rowHeight={52}
        cards
        filters={filters}
        empty={<EmptyState kind="never" title="Nobody works here yet" />}
        columns={[
          { id: "name", header: "Person", phone: "full", cell: (member) => <Person member={member} own={member.id === ownId} /> },
          { id: "roles", header: "Roles", phone: "full", cell: (member) => <span className="flex flex-wrap gap-1">{member.roles.map((role) => <Tag key={role}>{role}</Tag>)}{member.isAdmin && <Chip tone="info" icon="key">administrator</Chip>}</span> },
          { id: "groups", header: "Groups", optional: true, phone: "hide", cell: (member) => (member.groups.length === 0 ? <span className="text-fg-3">none</span> : member.groups.join(", ")) },
          { id: "seen", header: "Last seen", cell: (member) => (member.isDisabled ? <Chip tone="idle" icon="minusc">Disabled</Chip> : member.lastSeenAt === null ? <span className="text-fg-3">never signed in</span> : <Time value={member.lastSeenAt} />) },
          { id: "joined", header: "Joined", optional: true, phone: "hide", cell: (member) => <Time value={member.joinedAt} /> },
          ...(canWrite
            ? [{
                id: "actions", header: "Actions", headerHidden: true, align: "right" as const, width: "56px", phone: "bare" as const,
                cell: (member: MemberView) => (
                  <Menu
                    trigger={<Button variant="ghost" iconOnly icon="more" aria-label={`Actions for ${member.name}`} />}
                    items={[
                      { label: "Change roles", icon: "sliders", onSelect: () => setEdited(member) },
                      "separator",
                      { label: "Remove from workspace", icon: "trash", tone: "crit", onSelect: () => setRemoved(member) },
                    ]}
                  />
                ),
              }]
            : []),
        ]}
      />
      <InvitationsPanel workspace={workspace} canWrite={canWrite} initial={invitations} />
      <InviteDialog workspace={workspace} open={inviting} onOpenChange={setInviting} proposed={wanted === undefined ? undefined : { roles: [wanted], groups: "" }} />
      {edited && <EditMemberDialog workspace={workspace} member={edited} onClose={() => setEdited(undefined)} />}
      {removed && (
        <ConfirmDialog
          open
          onOpenChange={() => setRemoved(undefined)}
          question={`Remove ${removed.name} from this workspace?`}
          now={removed.roles.join(", ")}
          after="no access"
          afterIn="at once"
          reaches="Every session and every token of this person here ends."
          wayBack="Invite the person again; tokens must be made anew."
          confirmLabel={`Remove ${removed.name}`}
          pendingLabel="Removing…"
          cancelLabel="Keep"
          onConfirm={() => remove(removed)}
        />
      )}
    </SettingsFrame>
  );
}

function Person({ member, own }: { member: MemberView; own: boolean }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <Avatar name={member.name} />
      <span className="min-w-0">
        <span className="block truncate font-medium">{member.name}{own && <span className="font-normal text-fg-3"> (you)</span>}</span>
        <span className="block truncate text-sm text-fg-3">{member.email}</span>
      </span>
    </span>
  );
}
