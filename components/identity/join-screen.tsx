"use client";

import { type SubmitEvent } from "react";
import { api, isApiProblem } from "@/lib/http/api-client";
import { Button, ButtonLink } from "@/components/ui/button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useWork } from "@/components/ui/use-work";
import { signInWith, textOf } from "./auth-client";
import { EntryCard } from "./entry-card";

export type JoinState = { state: "open"; email: string; workspaceTitle: string; roles: string[]; hasAccount: boolean } | { state: "unknown" | "accepted" | "expired" | "revoked" };

const closed = {
  unknown: "This link is not one of ours. Check that it was copied whole.",
  accepted: "This link was used already. If that was you, sign in.",
  expired: "This link has expired: links last seven days. Ask an administrator for a new one.",
  revoked: "This link was taken back or replaced by a newer one. Ask an administrator.",
};

export function JoinScreen({ token, invitation }: { token: string; invitation: JoinState }) {
  const { isPending, failure, run } = useWork();
  if (invitation.state !== "open") {
    return (
      <EntryCard title="This link doesn't work">
        <div className="grid gap-3">
          <p className="text-fg-2">{closed[invitation.state]}</p>
          <ButtonLink href="/sign-in" wide>Go to sign-in</ButtonLink>
        </div>
      </EntryCard>
    );
  }
  const { email, workspaceTitle, roles, hasAccount } = invitation;

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = textOf(form, "password");
    void run(async () => {
      await api.post("/api/slipway/v1/invitations/accept", { token, name: hasAccount ? email : textOf(form, "name"), password });
      const refused = await signInWith(email, password);
      window.location.assign(refused === undefined ? "/" : `/sign-in?joined=${encodeURIComponent(email)}`);
    }, { leaves: true });
  };

  const reasonFor = (name: string) => (isApiProblem(failure) ? failure.reasonFor(name) : undefined);
  const isOfField = reasonFor("name") !== undefined || reasonFor("password") !== undefined;
  return (
    <EntryCard title={`Join ${workspaceTitle}`} lead={<>As {email}, with the role {roles.join(" and ")}.</>}>
      <form method="post" className="grid gap-3" onSubmit={submit}>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        {!hasAccount && (
          <Field label="Your name" required error={reasonFor("name")} hint="Others see it beside what you do.">
            <Input name="name" autoComplete="name" required maxLength={120} />
          </Field>
        )}
        <Field label={hasAccount ? "Password of your account" : "Choose a password"} required error={reasonFor("password")} hint={hasAccount ? "You have an account with this address already." : "At least 12 characters; a sentence is fine."}>
          <Input name="password" type="password" autoComplete={hasAccount ? "current-password" : "new-password"} required />
        </Field>
        {!isOfField && <FailureNotice failure={failure} />}
        <Button type="submit" variant="primary" wide pending={isPending} pendingLabel="Joining…">Join {workspaceTitle}</Button>
      </form>
    </EntryCard>
  );
}
