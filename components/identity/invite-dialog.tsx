"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, apiPath } from "@/lib/http/api-client";
import type { InvitationView } from "@/lib/identity";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import { useSubmit } from "@/components/ui/use-submit";
import { identityKeys } from "./keys";
import { type Access, accessFields, accessReason, groupsOf, RoleFields } from "./role-fields";

type Created = { invitation: InvitationView; url: string };
const nothing: Access = { roles: ["viewer"], groups: "" };

/** Invites a person: first who and as what, then the link, which is shown only here. */
export function InviteDialog({ workspace, open, onOpenChange, proposed }: { workspace: string; open: boolean; onOpenChange: (open: boolean) => void; proposed?: Access | undefined }) {
  const [email, setEmail] = useState("");
  const [access, setAccess] = useState(proposed ?? nothing);
  const [made, setMade] = useState<Created>();
  const queries = useQueryClient();
  const form = useSubmit({
    complaints: { email: email.trim() === "" ? "Give the address of the person." : undefined },
    fields: accessFields,
    reasonFor: accessReason,
    send: async () => {
      setMade(await api.post<Created>(apiPath(workspace, "invitations"), { email: email.trim(), roles: access.roles, groups: groupsOf(access.groups) }));
      await queries.invalidateQueries({ queryKey: identityKeys.invitations(workspace) });
    },
  });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setEmail("");
    setAccess(proposed ?? nothing);
    setMade(undefined);
    form.reset();
  };

  if (made) {
    return (
      <Dialog open={open} onOpenChange={close} title="Send this link" description={<>To {made.invitation.email}, by a way you trust.</>} footer={<Button variant="primary" onClick={() => close(false)}>Done</Button>}>
        <div className="grid gap-3">
          <CodeBlock label="one-time link" code={made.url} />
          <Notice tone="wait">It is shown only now, works once and until <Time value={made.invitation.expiresAt} format="absolute" />. A new invitation to the same address replaces it.</Notice>
        </div>
      </Dialog>
    );
  }
  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => close(false)}
      title="Invite a person"
      description="They join by a one-time link and choose their own password."
      submitLabel="Make the link"
      pendingLabel="Making the link…"
      failureTitle="Not invited."
    >
      <Field label="E-mail" required error={form.errorOf("email")}>
        <Input type="email" value={email} onChange={(event) => setEmail(event.target.value)} autoComplete="off" />
      </Field>
      <RoleFields value={access} onChange={setAccess} errorOf={form.errorOf} />
    </FormDialog>
  );
}
