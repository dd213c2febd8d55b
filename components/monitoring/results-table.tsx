"use client";

import { DataTable } from "@/components/patterns/data-table";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Status } from "@/components/ui/chip";
import { formatNumber, formatPercent } from "@/components/ui/format";
import type { StatusView } from "@/components/ui/tone";
import { monitorStatusView, type MonitorView, type ResultView } from "@/lib/monitoring";
import { spanOf } from "./chart-data";
import { fetchResults, monitoringKeys, pollEveryMs } from "./queries";

export const valueText = (kind: MonitorView["kind"], result: Pick<ResultView, "value" | "lower" | "upper">): string => {
  if (result.value === null) return "—";
  if (kind === "drift" || kind === "prediction_drift") return `${formatNumber(result.value, 2)} × limit`;
  return `${formatPercent(result.value)} (${formatPercent(result.lower)} to ${formatPercent(result.upper)})`;
};

/** What a monitor found, newest window first. */
export function ResultsTable({ workspace, monitor }: { workspace: string; monitor: MonitorView }) {
  const list = useCursorList({ queryKey: monitoringKeys.results(workspace, monitor.id), fetchPage: (cursor, signal) => fetchResults(workspace, monitor.id, cursor, signal), refetchIntervalMs: pollEveryMs });
  return (
    <DataTable
      label={`Results of ${monitor.name}, newest window first`}
      what="results"
      rowKey={(result) => result.windowStart}
      columns={[
        { id: "window", header: "Window", cell: (result) => spanOf(result.windowStart, result.windowEnd) },
        { id: "status", header: "Verdict", width: "120px", cell: (result) => <Status status={monitorStatusView(result.status) as StatusView} /> },
        { id: "value", header: monitor.kind === "drift" ? "Worst feature" : "Value", align: "right", cell: (result) => valueText(monitor.kind, result) },
        { id: "n", header: "n", align: "right", width: "80px", cell: (result) => formatNumber(result.rows, 0) },
        { id: "version", header: "Version", align: "right", width: "80px", cell: (result) => (result.version === null ? "—" : `v${result.version}`) },
        { id: "reason", header: "Why", cell: (result) => <span className="block truncate text-sm text-fg-2" title={result.reason}>{result.reason}</span> },
      ]}
      empty={<EmptyState kind="never" icon="hour" title="No window has been judged yet. The first verdict comes after its first whole window." />}
      {...list}
    />
  );
}
