"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath } from "@/lib/http/api-client";
import type { MemberView } from "@/lib/identity";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { notify } from "@/components/ui/toaster";
import { identityKeys } from "./keys";
import { groupsOf, RoleFields } from "./role-fields";

/** Changes what a member may do. */
export function EditMemberDialog({ workspace, member, onClose }: { workspace: string; member: MemberView; onClose: () => void }) {
  const [access, setAccess] = useState({ roles: member.roles, groups: member.groups.join(", ") });
  const [isAdmin, setAdmin] = useState(member.isAdmin);
  const [isDisabled, setDisabled] = useState(member.isDisabled);
  const formId = useId();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      api.patch<MemberView>(apiPath(workspace, "members", member.id), {
        roles: access.roles,
        groups: groupsOf(access.groups),
        ...(isAdmin === member.isAdmin ? {} : { isAdmin }),
        ...(isDisabled === member.isDisabled ? {} : { isDisabled }),
      }),
    onSuccess: async () => {
      notify.done(`Changed what ${member.name} may do`);
      await queries.invalidateQueries({ queryKey: identityKeys.members(workspace) });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(next) => { if (!next) onClose(); }}
      title={member.name}
      description={member.email}
      dismissible={!save.isPending}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={save.isPending} pendingLabel="Saving…">Save roles</Button>
        </>
      }
    >
      <form id={formId} className="grid gap-3" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <RoleFields value={access} onChange={setAccess} />
        <fieldset>
          <legend className="pb-1 text-sm font-medium">In the whole installation</legend>
          <Checkbox label="Administrator" hint="Invites people, gives roles, revokes tokens. Approves only with the role approver." checked={isAdmin} onChange={(event) => setAdmin(event.target.checked)} />
          <Checkbox label="Disabled" hint="Can't sign in anywhere. Sessions and tokens end at once." checked={isDisabled} onChange={(event) => setDisabled(event.target.checked)} />
        </fieldset>
        {save.error && <Notice tone="crit" live title="Not saved.">{messageOf(save.error)}</Notice>}
      </form>
    </Dialog>
  );
}
