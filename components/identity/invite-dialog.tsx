"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath, isApiProblem } from "@/lib/http/api-client";
import type { InvitationView } from "@/lib/identity";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import { identityKeys } from "./keys";
import { type Access, groupsOf, RoleFields } from "./role-fields";

type Created = { invitation: InvitationView; url: string };
const nothing: Access = { roles: ["viewer"], groups: "" };

/** Invites a person: first who and as what, then the link, which is shown only here. */
export function InviteDialog({ workspace, open, onOpenChange, proposed }: { workspace: string; open: boolean; onOpenChange: (open: boolean) => void; proposed?: Access | undefined }) {
  const [email, setEmail] = useState("");
  const [access, setAccess] = useState(proposed ?? nothing);
  const formId = useId();
  const queries = useQueryClient();
  const invite = useMutation({
    mutationFn: () => api.post<Created>(apiPath(workspace, "invitations"), { email, roles: access.roles, groups: groupsOf(access.groups) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: identityKeys.invitations(workspace) }),
  });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setEmail("");
    setAccess(proposed ?? nothing);
    invite.reset();
  };
  const reasonFor = (name: string) => (isApiProblem(invite.error) ? invite.error.reasonFor(name) : undefined);
  const groupsReason = isApiProblem(invite.error) ? invite.error.invalidParams.find(({ name }) => name.startsWith("groups"))?.reason : undefined;

  if (invite.data) {
    return (
      <Dialog open={open} onOpenChange={close} title="Send this link" description={<>To {invite.data.invitation.email}, by a way you trust.</>} footer={<Button variant="primary" onClick={() => close(false)}>Done</Button>}>
        <div className="grid gap-3">
          <CodeBlock label="one-time link" code={invite.data.url} />
          <Notice tone="wait">It is shown only now, works once and until <Time value={invite.data.invitation.expiresAt} format="absolute" />. A new invitation to the same address replaces it.</Notice>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Invite a person"
      description="They join by a one-time link and choose their own password."
      dismissible={!invite.isPending}
      footer={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={invite.isPending} pendingLabel="Making the link…">Make the link</Button>
        </>
      }
    >
      <form id={formId} className="grid gap-3" onSubmit={(event) => { event.preventDefault(); invite.mutate(); }}>
        <Field label="E-mail" required error={reasonFor("email")}>
          <Input type="email" value={email} onChange={(event) => setEmail(event.target.value)} required autoComplete="off" />
        </Field>
        <RoleFields value={access} onChange={setAccess} groupsError={groupsReason} />
        {invite.error && reasonFor("email") === undefined && groupsReason === undefined && <Notice tone="crit" live title="Not invited.">{reasonFor("roles") ?? messageOf(invite.error)}</Notice>}
      </form>
    </Dialog>
  );
}
