"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { notify } from "@/components/ui/toaster";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { webhookEvents, type WebhookView } from "@/lib/webhooks";
import { eventLabel } from "./present";
import { createWebhook, updateWebhook, webhookKeys } from "./queries";

export type WebhookDialogProps = { workspace: string; /** The one to change; undefined makes a new one. */ webhook: WebhookView | undefined; onClose: () => void };

/** Makes or changes a webhook. Its secret is written, never read. */
export function WebhookDialog({ workspace, webhook, onClose }: WebhookDialogProps) {
  const formId = useId();
  const queries = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [secret, setSecret] = useState("");
  const [isUnsigned, setUnsigned] = useState(false);
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? ["model_version.created"]);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), url: url.trim(), description: description.trim(), events: [...events], ...(isUnsigned ? { secret: "" } : secret === "" ? {} : { secret }) };
      return webhook ? updateWebhook(workspace, webhook.id, body) : createWebhook(workspace, body);
    },
    onSuccess: async ({ name: saved }) => {
      notify.done(webhook ? `Webhook ${saved} was changed` : `Webhook ${saved} was created`);
      await queries.invalidateQueries({ queryKey: webhookKeys.all(workspace) });
      onClose();
    },
  });
  const reasonFor = (field: string) => (isApiProblem(save.error) ? save.error.reasonFor(field) : undefined);
  const isExplained = ["name", "url", "events", "secret"].some((field) => reasonFor(field) !== undefined);
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!save.isPending}
      size="md"
      title={webhook ? `Change ${webhook.name}` : "New webhook"}
      description="Slipway posts MLflow's JSON document of each event, signed, and tries again until it is taken."
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={formId} variant="primary" pending={save.isPending} pendingLabel="Saving…">{webhook ? "Save webhook" : "Create webhook"}</Button></>}
    >
      <form id={formId} className="grid gap-3" noValidate onSubmit={(event) => { event.preventDefault(); if (!save.isPending) save.mutate(); }}>
        <Field label="Name" required error={reasonFor("name")} hint="Letters, digits, dots, underscores and hyphens."><Input value={name} onChange={(event) => setName(event.target.value)} maxLength={63} autoComplete="off" spellCheck={false} placeholder="ci-trigger" /></Field>
        <Field label="Address" required error={reasonFor("url")} hint="https, and reachable from the internet unless an administrator allows the host."><Input mono type="url" value={url} onChange={(event) => setUrl(event.target.value)} autoComplete="off" spellCheck={false} placeholder="https://ci.example.com/hooks/slipway" /></Field>
        <Field label="Secret" optional error={reasonFor("secret")} hint={webhook?.isSigned ? "A secret is set. Leave this empty to keep it." : "Signs every notice: X-MLflow-Signature. It is kept encrypted and never shown again."}><Input mono type="password" value={secret} onChange={(event) => setSecret(event.target.value)} autoComplete="new-password" disabled={isUnsigned} /></Field>
        {webhook?.isSigned && <Checkbox label="Send notices unsigned from now on" checked={isUnsigned} onChange={(event) => setUnsigned(event.target.checked)} />}
        <Field label="Description" optional><Input value={description} onChange={(event) => setDescription(event.target.value)} maxLength={500} /></Field>
        <fieldset>
          <legend className="pb-1 text-sm font-medium">Events</legend>
          <div className="grid gap-x-4 sm:grid-cols-2">
            {webhookEvents.map((event) => <Checkbox key={event} label={eventLabel(event)} checked={events.includes(event)} onChange={({ target }) => setEvents(webhookEvents.filter((other) => (other === event ? target.checked : events.includes(other))))} />)}
          </div>
          {save.error && events.length === 0 && <p role="alert" className="mt-1 text-sm text-crit">Choose at least one event.</p>}
        </fieldset>
        {save.error && !isExplained && events.length > 0 && <Notice tone="crit" live title="Not saved.">{messageOf(save.error)}</Notice>}
      </form>
    </Dialog>
  );
}
