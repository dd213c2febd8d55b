"use client";

import { useState, type SubmitEvent } from "react";
import { messageOf } from "@/lib/core/errors";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { safePath, signInWith } from "./auth-client";
import { EntryCard } from "./entry-card";

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

export function SignInScreen({ from, joined }: { from?: string | undefined; joined?: string | undefined }) {
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string>();

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(undefined);
    try {
      const refused = await signInWith(textOf(form, "email"), textOf(form, "password"));
      if (refused === undefined) {
        window.location.assign(safePath(from) + window.location.hash); // the fragment may be a link of MLflow's clients
        return;
      }
      setRefusal(refused);
    } catch (error) {
      setRefusal(messageOf(error));
    }
    setPending(false);
  };

  return (
    <EntryCard title="Sign in" lead="With the address and password of your account.">
      <form method="post" className="grid gap-3" onSubmit={(event) => void submit(event)}>
        {joined !== undefined && refusal === undefined && <Notice tone="ok">You joined. Sign in to go on.</Notice>}
        <Field label="E-mail" required>
          <Input name="email" type="email" autoComplete="username" defaultValue={joined ?? ""} required />
        </Field>
        <Field label="Password" required>
          <Input name="password" type="password" autoComplete="current-password" required />
        </Field>
        {refusal !== undefined && <Notice tone="crit" live>{refusal}</Notice>}
        <Button type="submit" variant="primary" wide pending={pending} pendingLabel="Signing in…">Sign in</Button>
        <p className="text-sm text-fg-3">No account? An administrator sends you a one-time link.</p>
      </form>
    </EntryCard>
  );
}
