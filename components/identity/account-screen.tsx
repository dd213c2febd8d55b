"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/lib/http/api-client";
import type { SessionView } from "@/lib/identity";
import { PageHeader, Pair } from "@/components/patterns/page-header";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { Input } from "@/components/ui/input";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { identityKeys } from "./keys";
import type { RoleName } from "./role-fields";
import { SettingsFrame, type SettingsTab } from "./settings-frame";

const path = "/api/slipway/v1/me";

export type AccountScreenProps = { workspace: string; tabs: readonly SettingsTab[]; person: { name: string; email: string; isAdmin: boolean; roles: readonly RoleName[]; groups: readonly string[] }; sessions: { items: SessionView[] } };

export function AccountScreen({ workspace, tabs, person, sessions }: AccountScreenProps) {
  const meta = [
    { label: "Address", value: person.email },
    { label: "Roles here", value: person.roles.join(", ") || "none" },
    ...(person.groups.length > 0 ? [{ label: "Groups", value: person.groups.join(", ") }] : []),
    ...(person.isAdmin ? [{ label: "Installation", value: "administrator" }] : []),
  ];
  return (
    <SettingsFrame workspace={workspace} current="account" tabs={tabs} header={<PageHeader title={person.name} meta={meta} />}>
      <Pair>
        <SessionsPanel initial={sessions} />
        <PasswordPanel email={person.email} />
      </Pair>
    </SettingsFrame>
  );
}

function SessionsPanel({ initial }: { initial: { items: SessionView[] } }) {
  const queries = useQueryClient();
  const sessions = useQuery({ queryKey: identityKeys.sessions(), queryFn: ({ signal }) => api.get<{ items: SessionView[] }>(`${path}/sessions`, { signal }), initialData: initial });
  const end = useMutation({
    mutationFn: (id: string) => api.delete(`${path}/sessions/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: identityKeys.sessions() }),
    onError: (error) => notify.problem("Session not ended", error),
  });
  return (
    <Panel aria-label="Sessions" className="self-start">
      <PanelHeader title="Sessions" note="each ends eight hours after sign-in" />
      {sessions.isError ? <ErrorState error={sessions.error} what="sessions" compact onRetry={() => void sessions.refetch()} /> : (
        <ul>
          {sessions.data.items.map((session) => (
            <li key={session.id} className="flex min-h-13 items-center gap-3 border-b border-line px-3.5 py-1.5 last:border-b-0">
              <Icon name="user" className="text-fg-3" />
              <span className="min-w-0 flex-1">
                <span className="block truncate">{session.device}</span>
                <span className="block text-sm text-fg-3">{session.ip !== null && session.ip !== "unknown" && <>{session.ip}, </>}seen <Time value={session.lastSeenAt} />, ends <Time value={session.expiresAt} format="clock" /></span>
              </span>
              {session.isCurrent ? <Chip tone="ok" icon="okc" bare>This one</Chip> : <Button size="sm" pending={end.isPending && end.variables === session.id} pendingLabel="Ending…" onClick={() => end.mutate(session.id)} aria-label={`End the session on ${session.device}`}>End</Button>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function PasswordPanel({ email }: { email: string }) {
  const queries = useQueryClient();
  const [values, setValues] = useState({ currentPassword: "", newPassword: "" });
  const form = useSubmit({
    complaints: {
      currentPassword: values.currentPassword === "" ? "Give the password that you have now." : undefined,
      newPassword: values.newPassword === "" ? "Choose a new password." : undefined,
    },
    reasonFor: (problem, field) => {
      if (field === "newPassword") return problem.reasonFor("password") ?? problem.reasonFor("newPassword");
      return problem.reasonFor(field) && "The current password is wrong.";
    },
    send: async () => {
      await api.post(`${path}/password`, values);
      setValues({ currentPassword: "", newPassword: "" });
      notify.done("Password changed; every other session ended");
      await queries.invalidateQueries({ queryKey: identityKeys.sessions() });
    },
  });
  return (
    <Panel aria-label="Password" className="self-start">
      <PanelHeader title="Password" />
      <PanelBody>
        <form method="post" className="grid max-w-[360px] gap-3" {...form.formProps}>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field label="Current password" required error={form.errorOf("currentPassword")}>
            <Input type="password" autoComplete="current-password" value={values.currentPassword} onChange={(event) => setValues({ ...values, currentPassword: event.target.value })} />
          </Field>
          <Field label="New password" required error={form.errorOf("newPassword")} hint="At least 12 characters; a sentence is fine.">
            <Input type="password" autoComplete="new-password" value={values.newPassword} onChange={(event) => setValues({ ...values, newPassword: event.target.value })} />
          </Field>
          <FailureNotice title="Not changed." failure={form.failure} />
          <div><Button type="submit" pending={form.isPending} pendingLabel="Changing…">Change password</Button></div>
        </form>
      </PanelBody>
    </Panel>
  );
}
