"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { SettingsFrame, type SettingsTab } from "@/components/identity/settings-frame";
import { DataTable } from "@/components/patterns/data-table";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { attempt, notify } from "@/components/ui/toaster";
import type { Page } from "@/lib/http/api-client";
import type { WebhookView } from "@/lib/webhooks";
import { HistoryDialog } from "./history-dialog";
import { eventLabel, findingOf, webhookStatus } from "./present";
import { deleteWebhook, fetchWebhooks, updateWebhook, webhookKeys } from "./queries";
import { TestDialog } from "./test-dialog";
import { WebhookDialog } from "./webhook-dialog";

export type WebhooksScreenProps = { workspace: string; tabs: readonly SettingsTab[]; webhooks: Page<WebhookView> };
type Open = { kind: "new" } | { kind: "edit" | "test" | "history" | "delete"; webhook: WebhookView } | undefined;

/** Where events about models and prompts are sent. */
export function WebhooksScreen({ workspace, tabs, webhooks }: WebhooksScreenProps) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  const list = useCursorList<WebhookView>({ queryKey: webhookKeys.all(workspace), fetchPage: (cursor, signal) => fetchWebhooks(workspace, cursor, signal), initialPage: webhooks, refetchIntervalMs: 15_000 });
  const rows = list.rows ?? webhooks.items;
  const refresh = () => queries.invalidateQueries({ queryKey: webhookKeys.all(workspace) });
  const turn = ({ id, name, status }: WebhookView) => attempt("Not changed", async () => {
    await updateWebhook(workspace, id, { status: status === "ACTIVE" ? "DISABLED" : "ACTIVE" });
    notify.done(status === "ACTIVE" ? `Webhook ${name} is disabled` : `Webhook ${name} is active`);
    await refresh();
  });
  const create = <Button variant="primary" icon="plus" onClick={() => setOpen({ kind: "new" })}>New webhook</Button>;
  return (
    <SettingsFrame workspace={workspace} current="webhooks" tabs={tabs} header={<PageHeader title={findingOf(rows, list.hasMore)} lead="Tell pipelines and chats when models, versions, aliases and prompts change." actions={create} />}>
      <DataTable<WebhookView>
        {...list}
        label="Webhooks, newest first"
        what="webhooks"
        rowKey={(webhook) => webhook.id}
        rowHeight={52}
        cards
        empty={<EmptyState kind="never" title="No webhook yet" action={create}>Slipway posts each event as MLflow does, signed, and tries again until the receiver takes it.</EmptyState>}
        columns={[
          { id: "name", header: "Webhook", phone: "full", cell: (webhook) => <span className="min-w-0"><button type="button" className="block text-left font-medium hover:underline" onClick={() => setOpen({ kind: "history", webhook })}>{webhook.name}</button><span className="block truncate text-sm text-fg-3" title={webhook.url}>{webhook.url}</span></span> },
          { id: "events", header: "Events", cell: ({ events }) => <span className="flex flex-wrap items-center gap-1"><Tag>{eventLabel(events[0] ?? "")}</Tag>{events.length > 1 && <span className="text-sm text-fg-3" title={events.slice(1).map(eventLabel).join(", ")}>and {events.length - 1} more</span>}</span> },
          { id: "signed", header: "Signed", width: "80px", cell: ({ isSigned }) => (isSigned ? "yes" : <span className="text-fg-3">no</span>) },
          { id: "sent", header: "Last sent", cell: ({ deliveries }) => (deliveries.lastSentAt === null ? <span className="text-fg-3">never</span> : <Time value={deliveries.lastSentAt} />) },
          { id: "failed", header: "Failed", width: "80px", cell: ({ deliveries }) => (deliveries.failed === 0 ? <span className="text-fg-3">0</span> : deliveries.failed) },
          { id: "status", header: "Status", cell: (webhook) => <Status status={webhookStatus(webhook)} /> },
          {
            id: "actions", header: "Actions", headerHidden: true, align: "right", width: "60px", phone: "bare",
            cell: (webhook) => (
              <Menu
                trigger={<Button iconOnly icon="more" variant="ghost" size="sm" aria-label={`Actions for ${webhook.name}`} />}
                items={[
                  { label: "Deliveries…", onSelect: () => setOpen({ kind: "history", webhook }) },
                  { label: "Test…", onSelect: () => setOpen({ kind: "test", webhook }) },
                  { label: "Change…", icon: "sliders", onSelect: () => setOpen({ kind: "edit", webhook }) },
                  { label: webhook.status === "ACTIVE" ? "Disable" : "Enable", onSelect: () => void turn(webhook) },
                  "separator",
                  { label: "Delete…", icon: "trash", tone: "crit", onSelect: () => setOpen({ kind: "delete", webhook }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open?.kind === "new" && <WebhookDialog workspace={workspace} webhook={undefined} onClose={close} />}
      {open?.kind === "edit" && <WebhookDialog workspace={workspace} webhook={open.webhook} onClose={close} />}
      {open?.kind === "test" && <TestDialog workspace={workspace} webhook={open.webhook} onClose={close} />}
      {open?.kind === "history" && <HistoryDialog workspace={workspace} webhook={open.webhook} onClose={close} />}
      {open?.kind === "delete" && (
        <ConfirmDialog
          open
          onOpenChange={close}
          question={`Delete ${open.webhook.name}?`}
          now={open.webhook.status === "ACTIVE" ? "sends events" : "disabled"}
          after="gone, with its history"
          reaches={`The receiver at ${open.webhook.url}${open.webhook.deliveries.pending > 0 ? `, and ${open.webhook.deliveries.pending} events that wait to be sent` : ""}`}
          wayBack="Create it again; what happens meanwhile is not sent."
          confirmLabel="Delete webhook"
          pendingLabel="Deleting…"
          cancelLabel="Keep"
          onConfirm={async () => {
            await deleteWebhook(workspace, open.webhook.id);
            notify.done(`Webhook ${open.webhook.name} was deleted`);
            await refresh();
          }}
        />
      )}
    </SettingsFrame>
  );
}
