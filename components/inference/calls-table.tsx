"use client";

import { DataTable } from "@/components/patterns/data-table";
import type { Column } from "@/components/patterns/data-table-row";
import { FilterBar } from "@/components/patterns/filter-bar";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Status } from "@/components/ui/chip";
import { formatBytes, formatMs } from "@/components/ui/format";
import { Time } from "@/components/ui/time";
import type { Page } from "@/lib/http/api-client";
import { callStatusView, type CallView } from "@/lib/inference";
import { ArmMark } from "./arm-mark";
import { fetchCalls, inferenceKeys, predictionHref } from "./queries";

export type CallsTableProps = {
  workspace: string;
  /** `end_` id. */
  endpoint: string;
  /** First page without filters. */
  initialPage?: Page<CallView> | undefined;
  /** A request that works, for the empty state. */
  example?: string | undefined;
};

const columns: Column<CallView>[] = [
  { id: "at", header: "Time", link: true, width: "150px", cell: (call) => <Time value={call.at} /> },
  { id: "outcome", header: "Outcome", phone: "bare", cell: (call) => <Status status={callStatusView(call)} /> },
  { id: "arm", header: "Arm", width: "100px", cell: (call) => <ArmMark arm={call.arm} /> },
  { id: "version", header: "Version", width: "90px", cell: (call) => (call.versionNumber === null ? <span className="text-fg-3">none</span> : `v${call.versionNumber}`) },
  { id: "latency", header: "Latency", align: "right", width: "100px", cell: (call) => formatMs(call.latencyMs) },
  { id: "upstream", header: "In the runtime", align: "right", width: "120px", optional: true, phone: "hide", cell: (call) => formatMs(call.upstreamMs) },
  { id: "route", header: "Route", align: "right", width: "80px", optional: true, phone: "hide", cell: (call) => call.routeNumber },
  { id: "request", header: "Client’s id", optional: true, phone: "hide", truncate: true, cell: (call) => (call.requestId === null ? <span className="text-fg-3">none</span> : <code className="text-sm">{call.requestId}</code>) },
  { id: "size", header: "Sent, received", align: "right", optional: true, hidden: true, phone: "hide", cell: (call) => `${formatBytes(call.requestBytes)}, ${formatBytes(call.responseBytes)}` },
];

/** The calls of one endpoint, newest first, as the gateways logged them. */
export function CallsTable({ workspace, endpoint, initialPage, example }: CallsTableProps) {
  const filters = useFilters(["arm", "status"]);
  const { arm, status } = filters.values;
  const isUnfiltered = filters.active.length === 0;
  const list = useCursorList({
    queryKey: inferenceKeys.calls(workspace, endpoint, { arm, status }),
    fetchPage: (cursor, signal) => fetchCalls(workspace, endpoint, { arm, status }, cursor, signal),
    initialPage: isUnfiltered ? initialPage : undefined,
    refetchIntervalMs: 5_000,
  });
  return (
    <>
      <FilterBar
        filters={filters}
        facets={[
          { param: "status", label: "Outcome", display: "chips", options: [{ value: "ok", label: "Answered", tone: "ok", icon: "okc" }, { value: "refused", label: "Refused", tone: "warn", icon: "alert" }, { value: "failed", label: "Failed", tone: "crit", icon: "octa" }] },
          { param: "arm", label: "Arm", options: [{ value: "stable", label: "Stable" }, { value: "candidate", label: "Canary" }, { value: "shadow", label: "Shadow" }] },
        ]}
      />
      <DataTable
        label="Calls, newest first"
        what="calls"
        columns={columns}
        columnChoice
        rowKey={(call) => `${call.predictionId} ${call.arm}`}
        rowHref={(call) => predictionHref(workspace, call.predictionId)}
        filters={filters}
        cards
        empty={
          <EmptyState kind="never" title="No calls in the last 30 days" code={example === undefined ? undefined : { code: example, label: "request" }}>
            Each request and its answer appears here within a second.
          </EmptyState>
        }
        {...list}
      />
    </>
  );
}
