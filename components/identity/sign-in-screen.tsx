"use client";

import { type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useWork } from "@/components/ui/use-work";
import { safePath, signInWith, textOf } from "./auth-client";
import { EntryCard } from "./entry-card";

export function SignInScreen({ from, joined }: { from?: string | undefined; joined?: string | undefined }) {
  const { isPending, failure, run } = useWork();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void run(async () => {
      const refused = await signInWith(textOf(form, "email"), textOf(form, "password"));
      if (refused !== undefined) throw new Error(refused);
      window.location.assign(safePath(from) + window.location.hash); // the fragment may be a link of MLflow's clients
    }, { leaves: true });
  };

  return (
    <EntryCard title="Sign in" lead="With the address and password of your account.">
      <form method="post" className="grid gap-3" onSubmit={submit}>
        {joined !== undefined && failure === undefined && <Notice tone="ok">You joined. Sign in to go on.</Notice>}
        <Field label="E-mail" required>
          <Input name="email" type="email" autoComplete="username" defaultValue={joined ?? ""} required />
        </Field>
        <Field label="Password" required>
          <Input name="password" type="password" autoComplete="current-password" required />
        </Field>
        <FailureNotice failure={failure} />
        <Button type="submit" variant="primary" wide pending={isPending} pendingLabel="Signing in…">Sign in</Button>
        <p className="text-sm text-fg-3">No account? An administrator sends you a one-time link.</p>
      </form>
    </EntryCard>
  );
}
