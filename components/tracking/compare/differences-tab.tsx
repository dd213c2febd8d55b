"use client";

import { useMemo, useState } from "react";
import { LineSwatch } from "@/components/patterns/curve-marks";
import { Stack } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { Checkbox } from "@/components/ui/choice";
import { cx } from "@/components/ui/cx";
import { formatCount } from "@/components/ui/format";
import { SearchInput } from "@/components/ui/input";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { ComparedRun } from "@/lib/tracking";
import type { DrawnRun } from "../metrics/run-style";
import { differenceRows, type DifferenceRow } from "./differences";

export type DifferencesProps = { runs: readonly ComparedRun[]; drawn: readonly DrawnRun[]; baselineId: string | undefined; showsSame: boolean; onShowsSame: (shows: boolean) => void };

/** Parameters, tags and datasets of the compared runs side by side. */
export function DifferencesTab({ runs, drawn, baselineId, showsSame, onShowsSame }: DifferencesProps) {
  const [search, setSearch] = useState("");
  const groups = useMemo(() => differenceRows(runs), [runs]);
  const wanted = search.trim().toLowerCase();
  return (
    <Stack>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchInput aria-label="Search names and values" placeholder="Search names and values" value={search} onChange={(event) => setSearch(event.target.value)} className="w-64 max-sm:w-full" />
        <Checkbox label="Only what differs" checked={!showsSame} onChange={(event) => onShowsSame(!event.target.checked)} />
      </div>
      {groups.map(({ title, rows }) => {
        const differing = rows.filter(({ differs }) => differs).length;
        const shown = rows.filter((row) => (showsSame || row.differs) && (wanted === "" || row.key.toLowerCase().includes(wanted) || row.values.some((value) => value?.toLowerCase().includes(wanted))));
        return (
          <Panel key={title}>
            <PanelHeader title={title} note={rows.length === 0 ? "none" : `${differing} of ${rows.length} differ`} />
            {shown.length === 0 ? (
              <p className="px-3.5 py-3 text-sm text-fg-3">{rows.length === 0 ? `No run holds any ${title.toLowerCase()}.` : wanted !== "" ? "Nothing here holds these words." : "All are the same."}</p>
            ) : (
              <DifferenceTable label={title} rows={shown} runs={runs} drawn={drawn} baselineId={baselineId} />
            )}
          </Panel>
        );
      })}
      {runs.length < 2 && <Panel><EmptyState kind="never" title={`${formatCount(runs.length, "run")} can't differ from another: choose more on the overview.`} /></Panel>}
    </Stack>
  );
}

type TableProps = { label: string; rows: readonly DifferenceRow[]; runs: readonly ComparedRun[]; drawn: readonly DrawnRun[]; baselineId: string | undefined };

function DifferenceTable({ label, rows, runs, drawn, baselineId }: TableProps) {
  const base = runs.findIndex(({ runId }) => runId === baselineId);
  return (
    <ScrollRegion label={label}>
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th scope="col" className="sticky left-0 z-1 border-b border-line bg-surface px-2.5 py-1.5 pl-3.5 text-left font-medium text-fg-3">Name</th>
            {runs.map(({ runId, name }) => {
              const style = drawn.find((run) => run.runId === runId)?.style;
              return (
                <th key={runId} scope="col" className="max-w-52 border-b border-line px-2.5 py-1.5 text-left font-medium whitespace-nowrap">
                  <span className="flex items-center gap-1.5">{style && <LineSwatch style={style} />}<span className="truncate" title={name}>{name}</span>{runId === baselineId && <span className="text-xs font-normal text-fg-3">baseline</span>}</span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody className="[&_tr:last-child>*]:border-b-0">
          {rows.map(({ key, values }) => (
            <tr key={key}>
              <th scope="row" className="sticky left-0 z-1 max-w-60 truncate border-b border-line bg-surface px-2.5 py-1.5 pl-3.5 text-left font-normal max-sm:max-w-32" title={key}><code>{key}</code></th>
              {values.map((value, index) => {
                const isDifferent = base !== -1 && index !== base && value !== values[base];
                return (
                  <td key={runs[index]?.runId ?? index} className={cx("max-w-60 border-b border-line px-2.5 py-1.5 align-top [overflow-wrap:anywhere]", isDifferent && "bg-accent-tint", value === undefined && "text-fg-3")}>
                    <span className="line-clamp-3" title={value}>{value ?? "—"}</span>
                    {isDifferent && <span className="sr-only"> differs from the baseline</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
