"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Stack } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { attempt, notify } from "@/components/ui/toaster";
import type { StatusView } from "@/components/ui/tone";
import { clearWords, kindWords, limitWords, monitorStatusView, type MonitorView } from "@/lib/monitoring";
import { secondsText } from "./chart-data";
import { MonitorDialog } from "./monitor-dialog";
import { deleteMonitor, monitoringKeys, type MonitoringRights, type Target, updateMonitor } from "./queries";
import { ResultsTable } from "./results-table";

type MonitorsTabProps = { target: Target; monitors: readonly MonitorView[]; rights: MonitoringRights; grainSeconds: number };

/** The rules behind the verdicts: add, change, switch off, delete, and what each found. */
export function MonitorsTab({ target, monitors, rights }: MonitorsTabProps) {
  const [adding, setAdding] = useState(false);
  const blocked = rights.monitor;
  const add = <Button variant="primary" icon="plus" disabled={blocked !== undefined} onClick={() => setAdding(true)}>Add a monitor</Button>;
  return (
    <Stack>
      {monitors.length === 0 ? (
        <Panel><EmptyState kind="never" icon="pulse" title="No monitor yet" action={add}>{blocked ?? "Add one and the first verdict comes after its first window."}</EmptyState></Panel>
      ) : (
        <div className="flex flex-wrap items-center gap-2.5">{add}{blocked !== undefined && <span className="text-sm text-fg-2">{blocked}</span>}</div>
      )}
      {monitors.map((monitor) => <MonitorPanel key={monitor.id} target={target} monitor={monitor} blocked={blocked} />)}
      {adding && <MonitorDialog target={target} onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function MonitorPanel({ target, monitor, blocked }: { target: Target; monitor: MonitorView; blocked: string | undefined }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<"edit" | "delete">();
  const [showsResults, setShowsResults] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: monitoringKeys.all(target.workspace) });
  const toggle = () => attempt("Not changed", async () => {
    await updateMonitor(target.workspace, monitor.id, { isEnabled: !monitor.isEnabled });
    await refresh();
    notify.done(monitor.isEnabled ? `${monitor.name} is off` : `${monitor.name} looks again from its next window`);
  });
  return (
    <Panel>
      <PanelHeader title={monitor.name} note={kindWords[monitor.kind].title}>
        {monitor.isEnabled ? <Status status={monitorStatusView(monitor.status) as StatusView} /> : <Tag>Off</Tag>}
        {blocked === undefined && (
          <span className="flex gap-1.5">
            <Button size="sm" onClick={() => setOpen("edit")}>Change</Button>
            <Button size="sm" onClick={() => void toggle()}>{monitor.isEnabled ? "Switch off" : "Switch on"}</Button>
            <Button size="sm" variant="danger-text" onClick={() => setOpen("delete")}>Delete…</Button>
          </span>
        )}
      </PanelHeader>
      <PanelBody className="grid gap-x-8 gap-y-2 sm:grid-cols-2">
        <KeyValues
          align="left"
          items={[
            { label: "Limit", value: limitWords(monitor.kind, monitor.params) },
            { label: "Windows", value: `${secondsText(monitor.windowSeconds)}, at least ${monitor.minRows} ${monitor.kind === "performance" ? "labelled" : "rows"}` },
            { label: "Opens", value: `after ${monitor.violationsToOpen} of the last ${monitor.windowsLookedAt} judged windows` },
            { label: "Clears", value: `after ${monitor.violationsToOpen} in a row with ${clearWords(monitor.kind, monitor.params)}` },
          ]}
        />
        <KeyValues
          align="left"
          items={[
            { label: "Newest", value: monitor.latest ? <>{monitor.latest.reason} <Time value={monitor.latest.windowEnd} /></> : "Its first window is not over yet." },
            { label: "Next look", value: monitor.isEnabled ? <Time value={monitor.nextEvaluationAt} format="clock" /> : "none while it is off" },
            { label: "Made by", value: <>{monitor.createdBy}, <Time value={monitor.createdAt} /></> },
          ]}
        />
      </PanelBody>
      <div className="border-t border-line px-3.5 py-2">
        <Button size="sm" variant="ghost" icon={showsResults ? "down" : "right"} aria-expanded={showsResults} onClick={() => setShowsResults(!showsResults)}>Results by window</Button>
      </div>
      {showsResults && <ResultsTable workspace={target.workspace} monitor={monitor} />}
      {open === "edit" && <MonitorDialog target={target} monitor={monitor} onClose={() => setOpen(undefined)} />}
      <ConfirmDialog
        open={open === "delete"}
        onOpenChange={(next) => setOpen(next ? "delete" : undefined)}
        question={`Delete the monitor ${monitor.name}?`}
        now={monitor.incident ? `watching, INC-${monitor.incident.number} is ${monitor.incident.status}` : "watching, no incident open"}
        after="its results and incidents are gone; the audit log keeps what happened"
        reaches={`Nobody is told any more when ${target.endpoint} goes beyond this limit.`}
        wayBack="Add it again; it starts without a past."
        confirmLabel="Delete the monitor"
        pendingLabel="Deleting…"
        cancelLabel="Keep it"
        onConfirm={async () => {
          await deleteMonitor(target.workspace, monitor.id);
          await refresh();
          notify.done(`${monitor.name} is deleted`);
        }}
      />
    </Panel>
  );
}
