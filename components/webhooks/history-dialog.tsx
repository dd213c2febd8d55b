"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { SkeletonText } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import type { DeliveryView, WebhookView } from "@/lib/webhooks";
import { deliveryStatus, eventLabel, subjectOf } from "./present";
import { fetchDeliveries, resendDelivery, webhookKeys } from "./queries";

const filters = [{ value: "", label: "All" }, { value: "failed", label: "Failed" }, { value: "pending", label: "Waiting" }, { value: "delivered", label: "Delivered" }];

/** What was sent to a webhook, how it went, and sending it again. */
export function HistoryDialog({ workspace, webhook, onClose }: { workspace: string; webhook: WebhookView; onClose: () => void }) {
  const queries = useQueryClient();
  const [status, setStatus] = useState("");
  const list = useCursorList<DeliveryView>({
    queryKey: webhookKeys.deliveries(workspace, webhook.id, status),
    fetchPage: (cursor, signal) => fetchDeliveries(workspace, webhook.id, status === "" ? undefined : status, cursor, signal),
    refetchIntervalMs: 5_000,
  });
  const resend = useMutation({
    mutationFn: (delivery: DeliveryView) => resendDelivery(workspace, webhook.id, delivery.id),
    onSuccess: async ({ event }) => {
      notify.done(`${eventLabel(event)} is sent again`);
      await queries.invalidateQueries({ queryKey: webhookKeys.all(workspace) });
    },
    onError: (error) => notify.problem("Not sent again", error),
  });
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} size="lg" title={`Deliveries of ${webhook.name}`} description="The newest thousand, for 30 days." footer={<Button onClick={onClose}>Close</Button>}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <div className="max-w-52"><Field label="Show"><Select value={status} onChange={(event) => setStatus(event.target.value)} options={filters} /></Field></div>
        {list.error !== null && list.error !== undefined && list.rows === undefined && <ErrorState error={list.error} what="deliveries" onRetry={list.onRetry} />}
        {list.rows === undefined && (list.error === null || list.error === undefined) && <SkeletonText lines={4} />}
        {list.rows?.length === 0 && <EmptyState kind={status === "" ? "never" : "filtered"} title={status === "" ? "Nothing was sent yet" : "No such delivery"}>{status === "" ? "The next event that it asks for is." : "Show all to see the others."}</EmptyState>}
        {list.rows !== undefined && list.rows.length > 0 && (
          <ul className="divide-y divide-line">
            {list.rows.map((delivery) => <DeliveryRow key={delivery.id} delivery={delivery} canResend={webhook.status === "ACTIVE" && delivery.status !== "pending" && !resend.isPending} onResend={() => resend.mutate(delivery)} />)}
          </ul>
        )}
        {list.hasMore && <div><Button size="sm" pending={list.isFetchingMore} pendingLabel="Reading…" onClick={list.onMore}>Older deliveries</Button></div>}
      </div>
    </Dialog>
  );
}

function DeliveryRow({ delivery, canResend, onResend }: { delivery: DeliveryView; canResend: boolean; onResend: () => void }) {
  const { event, sentAt, createdAt, nextAt, error, responseBody, body } = delivery;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-1 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-40 flex-1 basis-64 [overflow-wrap:anywhere]"><span className="font-medium">{eventLabel(event)}</span> <span className="text-fg-2">{subjectOf(body)}</span></span>
        <Status status={deliveryStatus(delivery)} />
        <span className="text-sm text-fg-3"><Time value={sentAt ?? createdAt} /></span>
        <Button size="sm" className="max-sm:ml-auto" disabled={!canResend} onClick={onResend} aria-label={`Send ${eventLabel(event)} ${subjectOf(body)} again`}>Send again</Button>
      </div>
      {error !== null && <p className="text-sm text-fg-2">{error.replace(/\.$/, "")}.{nextAt !== null && <> Next try <Time value={nextAt} />.</>}</p>}
      <details className="text-sm">
        <summary className="cursor-pointer text-fg-3">Document{responseBody ? " and answer" : ""}</summary>
        <pre className="mt-1 max-h-48 overflow-auto font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">{body}</pre>
        {responseBody && <pre className="mt-1 max-h-32 overflow-auto border-t border-line pt-1 font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">{responseBody}</pre>}
      </details>
    </li>
  );
}
