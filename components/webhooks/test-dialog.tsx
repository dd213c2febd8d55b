"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { webhookEvents, type WebhookView } from "@/lib/webhooks";
import { eventLabel } from "./present";
import { testWebhook } from "./queries";

/** Sends an example now and shows what came back. */
export function TestDialog({ workspace, webhook, onClose }: { workspace: string; webhook: WebhookView; onClose: () => void }) {
  const [event, setEvent] = useState(webhook.events[0] ?? "");
  const test = useMutation({ mutationFn: () => testWebhook(workspace, webhook.id, event) });
  const { data } = test;
  const answer = data?.responseBody ? <pre className="mt-1.5 max-h-40 overflow-auto font-mono text-sm whitespace-pre-wrap break-words">{data.responseBody}</pre> : null;
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!test.isPending}
      title={`Test ${webhook.name}`}
      description={<>Sends MLflow's example of an event to <span className="break-all">{webhook.url}</span>, once.</>}
      footer={<><Button onClick={onClose}>Close</Button><Button variant="primary" pending={test.isPending} pendingLabel="Sending…" onClick={() => test.mutate()}>Send example</Button></>}
    >
      <div className="grid gap-3">
        <Field label="Event"><Select value={event} onChange={(change) => setEvent(change.target.value)} options={webhookEvents.map((value) => ({ value, label: eventLabel(value) }))} /></Field>
        {data?.success === true && <Notice tone="ok" live title={`The receiver answered ${data.responseStatus ?? ""}.`}>{answer}</Notice>}
        {data?.success === false && <Notice tone="crit" live title="Not taken.">{data.error}{answer}</Notice>}
        <FailureNotice title="Not sent." failure={test.error} />
      </div>
    </Dialog>
  );
}
