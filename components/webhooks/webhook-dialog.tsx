"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox } from "@/components/ui/choice";
import { Field, FieldGroup } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { webhookEvents, type WebhookView } from "@/lib/webhooks";
import { eventLabel } from "./present";
import { createWebhook, updateWebhook, webhookKeys } from "./queries";

export type WebhookDialogProps = { workspace: string; /** The one to change; undefined makes a new one. */ webhook: WebhookView | undefined; onClose: () => void };

/** Makes or changes a webhook. Its secret is written, never read. */
export function WebhookDialog({ workspace, webhook, onClose }: WebhookDialogProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [secret, setSecret] = useState("");
  const [isUnsigned, setUnsigned] = useState(false);
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? ["model_version.created"]);
  const form = useSubmit({
    complaints: {
      name: name.trim() === "" ? "Give it a name." : undefined,
      url: url.trim() === "" ? "Give the address that receives the events." : undefined,
      events: events.length === 0 ? "Choose at least one event." : undefined,
    },
    fields: ["secret"],
    send: async () => {
      const body = { name: name.trim(), url: url.trim(), description: description.trim(), events: [...events], ...(isUnsigned ? { secret: "" } : secret === "" ? {} : { secret }) };
      const saved = await (webhook ? updateWebhook(workspace, webhook.id, body) : createWebhook(workspace, body));
      notify.done(webhook ? `Webhook ${saved.name} was changed` : `Webhook ${saved.name} was created`);
      await queries.invalidateQueries({ queryKey: webhookKeys.all(workspace) });
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      size="md"
      title={webhook ? `Change ${webhook.name}` : "New webhook"}
      description="Slipway posts MLflow's JSON document of each event, signed, and tries again until it is taken."
      submitLabel={webhook ? "Save webhook" : "Create webhook"}
      pendingLabel="Saving…"
      failureTitle="Not saved."
    >
      <Field label="Name" required error={form.errorOf("name")} hint="Letters, digits, dots, underscores and hyphens."><Input value={name} onChange={(event) => setName(event.target.value)} maxLength={63} autoComplete="off" spellCheck={false} placeholder="ci-trigger" /></Field>
      <Field label="Address" required error={form.errorOf("url")} hint="https, and reachable from the internet unless an administrator allows the host."><Input mono type="url" value={url} onChange={(event) => setUrl(event.target.value)} autoComplete="off" spellCheck={false} placeholder="https://ci.example.com/hooks/slipway" /></Field>
      <Field label="Secret" optional error={form.errorOf("secret")} hint={webhook?.isSigned ? "A secret is set. Leave this empty to keep it." : "Signs every notice: X-MLflow-Signature. It is kept encrypted and never shown again."}><Input mono type="password" value={secret} onChange={(event) => setSecret(event.target.value)} autoComplete="new-password" disabled={isUnsigned} /></Field>
      {webhook?.isSigned && <Checkbox label="Send notices unsigned from now on" checked={isUnsigned} onChange={(event) => setUnsigned(event.target.checked)} />}
      <Field label="Description" optional><Input value={description} onChange={(event) => setDescription(event.target.value)} maxLength={500} /></Field>
      <FieldGroup legend="Events" error={form.errorOf("events")}>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {webhookEvents.map((event) => <Checkbox key={event} label={eventLabel(event)} checked={events.includes(event)} onChange={({ target }) => setEvents(webhookEvents.filter((other) => (other === event ? target.checked : events.includes(other))))} />)}
        </div>
      </FieldGroup>
    </FormDialog>
  );
}
