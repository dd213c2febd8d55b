"use client";

import { useMemo, useState } from "react";
import { Stack } from "@/components/patterns/page-header";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { formatCount, formatNumber } from "@/components/ui/format";
import { Select } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { Tag } from "@/components/ui/tag";
import { maxComparedRuns, runStatuses, runStatusView } from "@/lib/tracking";
import { MetricChart } from "../metrics/metric-chart";
import { useCurveOptions } from "../metrics/use-curve-options";
import { ColumnsDialog } from "../runs/columns-dialog";
import { columnOf, parseColumns } from "../runs/columns";
import { FilterField } from "../runs/filter-field";
import { filterReason } from "../runs/filter-text";
import { axisOf, passes, positionWords } from "./axes";
import { CompareTable } from "./compare-table";
import { chooseAxes, chooseColumns, keysOf } from "./choices";
import { sortRows } from "./numbers";
import { RelationPanel } from "./relation-panel";
import { runsIn, toggleRun } from "./slots";
import type { CompareState, SetCompare } from "./use-compare-url";
import { type useComparison, useOthers } from "./use-comparison";

type OverviewProps = { workspace: string; number: number; state: CompareState; onChange: SetCompare; compared: ReturnType<typeof useComparison>; focus: string | undefined; onFocus: (runId: string | undefined) => void };

/** Curves of one metric, parameters to results, and the table. */
export function OverviewTab({ workspace, number, state, onChange, compared, focus, onFocus }: OverviewProps) {
  const { rows, baseline, metric, higherIsBetter, drawn } = compared;
  const [options, setOptions] = useCurveOptions();
  const [choosing, setChoosing] = useState(false);
  const { others, total, isExact, error, isLoading } = useOthers(workspace, number, state, rows, metric, higherIsBetter);
  const keys = useMemo(() => keysOf([...rows, ...others]), [rows, others]);
  const columns = useMemo(() => state.columns ?? parseColumns(chooseColumns(rows, metric, state.showsSame).join(",")), [state.columns, state.showsSame, rows, metric]);
  const shown = state.showsSame || state.columns === undefined ? columns : columns.filter(({ group, key }) => group === "attributes" || new Set(rows.map((row) => row[group][key])).size > 1);
  const axes = useMemo(() => state.axes ?? chooseAxes(rows, metric), [state.axes, rows, metric]);
  const plotAxes = useMemo(() => axes.map((id) => axisOf(id, [...others, ...rows])), [axes, others, rows]);
  const inside = others.filter((row) => passes(state.brushes, plotAxes, row));
  const ordered = useMemo(() => sortRows(rows, metric, higherIsBetter), [rows, metric, higherIsBetter]);
  const metricNames = keys.metrics.filter((key) => rows.some((row) => row.metrics[key] !== undefined));
  const curve = options.metric ?? metric;
  const isFull = runsIn(state.slots).length >= maxComparedRuns;
  const othersWords = total > others.length ? `${formatNumber(others.length, 0)} of ${formatNumber(total, 0)}${isExact ? "" : "+"} others in grey` : `${formatNumber(others.length, 0)} in grey`;
  const reason = filterReason(error);
  const setMetric = (by: string) => {
    onChange(by === metric ? { best: higherIsBetter ? "low" : "high" } : { by, best: undefined });
    if (by !== metric) setOptions({ metric: undefined });
  };
  return (
    <Stack>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3.5 md:grid-cols-[minmax(0,5fr)_minmax(0,7fr)]">
        {curve !== undefined && (
          <MetricChart workspace={workspace} metric={curve} runs={drawn} options={options} onChange={setOptions} heightPx={250} focus={focus}
            actions={<Select aria-label="Metric of the curves" value={curve} options={(metricNames.includes(curve) ? metricNames : [curve, ...metricNames]).map((value) => ({ value, label: value }))} onChange={(event) => setOptions({ metric: event.target.value })} className="w-40" />}
          />
        )}
        <RelationPanel state={state} onChange={onChange} rows={rows} others={others} othersWords={othersWords} drawn={drawn} axes={axes} keys={keys} focus={focus} onFocus={onFocus} heightPx={250} />
      </div>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <FilterField value={state.filter} onApply={(filter) => onChange({ filter })} keys={keys} reason={reason} />
        <StatusMenu value={state.status} onChange={(status) => onChange({ status })} />
        <Checkbox label="Only columns that differ" checked={!state.showsSame} onChange={(event) => onChange({ showsSame: !event.target.checked })} className="self-center" />
        {plotAxes.flatMap((axis) => {
          const brush = state.brushes[axis.id];
          return brush ? [<Tag key={axis.id} className="self-center" onRemove={() => onChange({ brushes: Object.fromEntries(Object.entries(state.brushes).filter(([id]) => id !== axis.id)) })} removeLabel={`Remove the brush on ${axis.label}`}>{axis.label}: {positionWords(axis, brush[0])} to {positionWords(axis, brush[1])}</Tag>] : [];
        })}
        <span className="ml-auto flex items-center gap-2 self-center text-sm text-fg-3">
          Compared first{metric === undefined ? "" : `, then by ${metric}`}
          <Button size="sm" icon="columns" onClick={() => setChoosing(true)}>Columns {shown.length} of {keys.metrics.length + keys.params.length + keys.tags.length}</Button>
        </span>
      </div>
      <CompareTable workspace={workspace} columns={shown} rows={ordered} others={inside} drawn={drawn} baseline={baseline} metric={metric} higherIsBetter={higherIsBetter} isFull={isFull} focus={focus} onFocus={onFocus}
        onToggle={(runId) => onChange({ slots: toggleRun(state.slots, runId) })} onBaseline={(baselineId) => onChange({ baseline: baselineId })} onMetric={setMetric} />
      {error !== null && reason === undefined ? <ErrorState error={error} what="the other runs" compact /> : (
        <p role="status" className="text-sm text-fg-3">
          {isLoading ? "Reading the other runs…" : total === 0 ? "No other run to show." : `${formatCount(inside.length, "other run")} shown${total > inside.length ? ` of ${formatNumber(total, 0)}${isExact ? "" : " or more"}${total > others.length ? `; the ${others.length} ${metric === undefined ? "newest" : `best by ${metric}`} were read, a filter reaches the rest` : ""}` : ""}.`}
          {isFull && ` ${maxComparedRuns} runs are compared, the most at once.`}
        </p>
      )}
      <ColumnsDialog open={choosing} onOpenChange={setChoosing} description={`${shown.length} shown. Columns in which the compared runs are equal are left out while “Only columns that differ” is on.`} keys={keys} columns={columns} onChange={(chosen) => onChange({ columns: chosen?.flatMap(({ id }) => columnOf(id) ?? []) })} />
    </Stack>
  );
}

function StatusMenu({ value, onChange }: { value: string; onChange: (status: string) => void }) {
  const chosen = value.split(",").filter(Boolean);
  const words = chosen.flatMap((status) => runStatuses.filter((known) => known === status)).map((status) => runStatusView(status).word.toLowerCase());
  return (
    <Menu
      trigger={<Button icon="filter">State{words.length > 0 ? `: ${words.join(", ")}` : ""}</Button>}
      align="start"
      items={[
        { label: "Any", checked: chosen.length === 0, onSelect: () => onChange("") },
        ...runStatuses.map((status) => ({ label: runStatusView(status).word, checked: chosen.includes(status), onSelect: () => onChange((chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status]).join(",")) })),
      ]}
    />
  );
}
