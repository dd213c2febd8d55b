"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, apiPath } from "@/lib/http/api-client";
import type { MemberView } from "@/lib/identity";
import { Checkbox } from "@/components/ui/choice";
import { FieldGroup } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { identityKeys } from "./keys";
import { accessFields, accessReason, groupsOf, RoleFields } from "./role-fields";

/** Changes what a member may do. */
export function EditMemberDialog({ workspace, member, onClose }: { workspace: string; member: MemberView; onClose: () => void }) {
  const [access, setAccess] = useState({ roles: member.roles, groups: member.groups.join(", ") });
  const [isAdmin, setAdmin] = useState(member.isAdmin);
  const [isDisabled, setDisabled] = useState(member.isDisabled);
  const queries = useQueryClient();
  const form = useSubmit({
    fields: accessFields,
    reasonFor: accessReason,
    send: async () => {
      await api.patch<MemberView>(apiPath(workspace, "members", member.id), {
        roles: access.roles,
        groups: groupsOf(access.groups),
        ...(isAdmin === member.isAdmin ? {} : { isAdmin }),
        ...(isDisabled === member.isDisabled ? {} : { isDisabled }),
      });
      notify.done(`Changed what ${member.name} may do`);
      await queries.invalidateQueries({ queryKey: identityKeys.members(workspace) });
      onClose();
    },
  });
  return (
    <FormDialog form={form} onClose={onClose} title={member.name} description={member.email} submitLabel="Save roles" pendingLabel="Saving…" failureTitle="Not saved.">
      <RoleFields value={access} onChange={setAccess} errorOf={form.errorOf} />
      <FieldGroup legend="In the whole installation">
        <Checkbox label="Administrator" hint="Invites people, gives roles, revokes tokens. Approves only with the role approver." checked={isAdmin} onChange={(event) => setAdmin(event.target.checked)} />
        <Checkbox label="Disabled" hint="Can't sign in anywhere. Sessions and tokens end at once." checked={isDisabled} onChange={(event) => setDisabled(event.target.checked)} />
      </FieldGroup>
    </FormDialog>
  );
}
