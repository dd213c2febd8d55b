"use client";

import { useMemo, useState } from "react";
import { LineSwatch } from "@/components/patterns/curve-marks";
import { Stack } from "@/components/patterns/page-header";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatCount } from "@/components/ui/format";
import { SearchInput } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { CurveControls } from "./curve-controls";
import { MetricChart } from "./metric-chart";
import { MetricGrid } from "./metric-grid";
import { groupMetrics } from "./metric-groups";
import { type DrawnRun, styleOfSlot } from "./run-style";
import { useCurveOptions } from "./use-curve-options";
import { useMetricNames } from "./use-metric-series";

export type RunMetricsPanelProps = {
  workspace: string;
  /** One run, or several beside each other; without a style they take the colours in their order. */
  runs: readonly { runId: string; name: string; style?: DrawnRun["style"] | undefined }[];
  /** A run is still writing: names and curves are read on. */
  live: boolean;
};

/** Metric curves of runs: many small ones by prefix, one enlarged. Everything chosen is in the URL. */
export function RunMetricsPanel({ workspace, runs: given, live }: RunMetricsPanelProps) {
  const [options, setOptions] = useCurveOptions();
  const [focus, setFocus] = useState<string | undefined>(undefined);
  const runs = useMemo(() => given.map(({ runId, name, style }, index): DrawnRun => ({ runId, name, style: style ?? styleOfSlot(index) })), [given]);
  const names = useMetricNames(workspace, runs.map(({ runId }) => runId), live);
  const groups = useMemo(() => groupMetrics((names.data?.items ?? []).map(({ key }) => key), options.search), [names.data, options.search]);
  if (names.data === undefined) return names.error ? <Panel><ErrorState error={names.error} what="metrics" onRetry={() => void names.refetch()} /></Panel> : <div aria-busy><Skeleton className="h-80" /></div>;
  const total = names.data.items.length;
  if (total === 0) {
    return (
      <Panel>
        <EmptyState kind="never" icon="pulse" title={runs.length === 1 ? "This run has logged no metric" : "These runs have logged no metric"} code={{ code: 'mlflow.log_metric("train/loss", loss, step=step)', label: "Log a metric" }} />
      </Panel>
    );
  }
  const shown = groups.reduce((sum, { metrics }) => sum + metrics.length, 0);
  return (
    <Stack>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchInput aria-label="Search metrics" placeholder="Search metrics" value={options.search} onChange={(event) => setOptions({ search: event.target.value })} className="w-60 max-sm:w-full" />
        <CurveControls options={options} onChange={setOptions} />
        <span className="ml-auto text-sm text-fg-3" role="status">{shown === total ? formatCount(total, "metric") : `${shown} of ${formatCount(total, "metric")}`}</span>
      </div>
      {runs.length > 1 && <RunLegend runs={runs} focus={focus} onFocus={setFocus} />}
      {options.metric !== undefined && (
        <MetricChart workspace={workspace} metric={options.metric} runs={runs} options={options} onChange={setOptions} heightPx={340} focus={focus} actions={<Button variant="ghost" size="sm" iconOnly icon="x" aria-label="Close the enlarged metric" onClick={() => setOptions({ metric: undefined })} />} />
      )}
      {shown === 0 ? (
        <Panel><EmptyState kind="filtered" title={`No metric's name holds “${options.search}”`} action={<Button onClick={() => setOptions({ search: "" })}>Clear the search</Button>} /></Panel>
      ) : (
        <MetricGrid workspace={workspace} groups={groups} runs={runs} options={options} focus={focus} onOpen={(metric) => { setOptions({ metric }); window.scrollTo({ top: 0 }); }} />
      )}
    </Stack>
  );
}

/** Which line is which; a press lets one stand out in every chart. */
function RunLegend({ runs, focus, onFocus }: { runs: readonly DrawnRun[]; focus: string | undefined; onFocus: (key: string | undefined) => void }) {
  return (
    <ul aria-label="Runs" className="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto">
      {runs.map(({ runId, name, style }) => (
        <li key={runId}>
          <button type="button" aria-pressed={focus === runId} onClick={() => onFocus(focus === runId ? undefined : runId)} className={cx("flex h-6 items-center gap-1.5 rounded-chip border px-1.5 text-sm hover:bg-surface-2 max-sm:h-9", focus === runId ? "border-accent bg-accent-tint font-medium" : "border-line")}>
            <LineSwatch style={style} faint={focus !== undefined && focus !== runId} />
            <span className="max-w-44 truncate">{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
