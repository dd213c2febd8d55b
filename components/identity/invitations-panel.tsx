"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, apiPath, type Page } from "@/lib/http/api-client";
import { type InvitationView, invitationStatus } from "@/lib/identity";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import { identityKeys } from "./keys";

/** Links that were sent and not used yet, and what became of the others. */
export function InvitationsPanel({ workspace, canWrite, initial }: { workspace: string; canWrite: boolean; initial: Page<InvitationView> }) {
  const queries = useQueryClient();
  const list = useCursorList<InvitationView>({
    queryKey: identityKeys.invitations(workspace),
    fetchPage: (cursor, signal) => api.get(apiPath(workspace, "invitations"), { query: { cursor, limit: 20 }, signal }),
    initialPage: initial,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => api.delete(apiPath(workspace, "invitations", id)),
    onSuccess: () => queries.invalidateQueries({ queryKey: identityKeys.invitations(workspace) }),
    onError: (error) => notify.problem("Not taken back", error),
  });
  if (list.rows === undefined || list.rows.length === 0) return null;
  return (
    <Panel aria-label="Invitations" className="mt-3.5">
      <PanelHeader title="Invitations" note="newest first" />
      <ul>
        {list.rows.map((invitation) => (
          <li key={invitation.id} className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3.5 py-1.5 last:border-b-0">
            <span className="min-w-0 flex-1 basis-56">
              <span className="block truncate">{invitation.email}</span>
              <span className="block text-sm text-fg-3">{invitation.roles.join(", ")}{invitation.createdBy !== null && `, invited by ${invitation.createdBy}`}</span>
            </span>
            <span className="text-sm text-fg-3">{invitation.status === "open" ? <>until <Time value={invitation.expiresAt} format="absolute" /></> : <Time value={invitation.acceptedAt ?? invitation.createdAt} />}</span>
            <Status status={invitationStatus(invitation)} />
            {canWrite && invitation.status === "open" && <Button size="sm" pending={revoke.isPending && revoke.variables === invitation.id} pendingLabel="Taking back…" onClick={() => revoke.mutate(invitation.id)}>Take back</Button>}
          </li>
        ))}
      </ul>
      {list.hasMore && <div className="p-2 text-center"><Button size="sm" onClick={list.onMore} pending={list.isFetchingMore} pendingLabel="Reading…">Show more</Button></div>}
    </Panel>
  );
}
