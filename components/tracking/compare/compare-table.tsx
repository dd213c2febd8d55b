"use client";

import Link from "next/link";
import { LineSwatch } from "@/components/patterns/curve-marks";
import { versionHref } from "@/components/registry/queries";
import { cx } from "@/components/ui/cx";
import { formatNumber } from "@/components/ui/format";
import { formatDuration } from "@/components/ui/format-time";
import { Icon } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Tag } from "@/components/ui/tag";
import { useNow } from "@/components/ui/time";
import type { DrawnRun } from "../metrics/run-style";
import { runHref } from "../queries";
import type { ColumnSpec } from "../runs/columns";
import { RunStatus } from "../run-status";
import { durationMs, formatMetric, isHigherBetter } from "../values";
import { differenceTo, digitsFor, leaderOf, type Row } from "./numbers";

export type CompareTableProps = {
  workspace: string;
  columns: readonly ColumnSpec[];
  /** Compared runs, then others. */
  rows: readonly Row[];
  others: readonly Row[];
  drawn: readonly DrawnRun[];
  baseline: Row | undefined;
  metric: string | undefined;
  higherIsBetter: boolean;
  isFull: boolean;
  focus: string | undefined;
  onFocus: (runId: string | undefined) => void;
  onToggle: (runId: string) => void;
  onBaseline: (runId: string) => void;
  onMetric: (metric: string) => void;
};

const head = "border-b border-line bg-surface px-2.5 py-1.5 text-sm font-medium whitespace-nowrap text-fg-3";
const cell = "h-9 border-b border-line px-2.5 py-1 whitespace-nowrap";

/** Results with their difference to the baseline, and parameters marked where they differ from it. */
export function CompareTable(props: CompareTableProps) {
  const { columns, rows, others, baseline, metric, higherIsBetter, onMetric } = props;
  const results = columns.filter(({ group }) => group === "metrics");
  const given = columns.filter(({ group }) => group === "params" || group === "tags");
  const better = (key: string): boolean => (key === metric ? higherIsBetter : isHigherBetter(key));
  const digits = new Map(results.map(({ key }) => [key, digitsFor(rows.flatMap((row) => (typeof row.metrics[key] === "number" ? [row.metrics[key]] : [])))]));
  const best = new Map(results.map(({ key }) => [key, leaderOf(rows, key, better(key))?.metrics[key]]));
  const line = { ...props, results, given, digits, best, better };
  return (
    <Panel>
      <ScrollRegion label="Compared runs" className="rounded-panel">
        <table className="w-full border-separate border-spacing-0">
          <caption className="sr-only">Runs with their results, the difference to the baseline {baseline?.name}, and their parameters</caption>
          <thead>
            <tr className="text-xs text-fg-3 max-sm:hidden">
              <td className="sticky left-0 z-2 bg-surface" />
              {results.length > 0 && <th scope="colgroup" colSpan={results.length} className="px-2.5 pt-2 text-left font-medium">Results, difference to baseline</th>}
              {given.length > 0 && <th scope="colgroup" colSpan={given.length} className="px-2.5 pt-2 text-left font-medium">Parameters, marked where they differ from baseline</th>}
              <td colSpan={2} />
            </tr>
            <tr>
              <th scope="col" className={cx(head, "sticky left-0 z-2 pl-3.5 text-left")}>Run</th>
              {results.map(({ id, key }) => (
                <th key={id} scope="col" aria-sort={key === metric ? (higherIsBetter ? "descending" : "ascending") : undefined} className={cx(head, "text-right")}>
                  <button type="button" title={`Judge by ${key}`} onClick={() => onMetric(key)} className={cx("inline-flex max-w-44 items-center gap-1 hover:text-fg", key === metric && "text-fg")}>
                    <span className="truncate">{key}</span>
                    {key === metric && <Icon name={higherIsBetter ? "arrowdown" : "up"} size={13} />}
                  </button>
                </th>
              ))}
              {given.map(({ id, key }) => <th key={id} scope="col" className={cx(head, "max-w-44 truncate text-right")} title={key}>{key}</th>)}
              <th scope="col" className={cx(head, "text-right")}>Took</th>
              <th scope="col" className={cx(head, "pr-3.5 text-left")}>By</th>
            </tr>
          </thead>
          <tbody className="[&_tr:last-child>*]:border-b-0">
            {rows.map((row) => <Line key={row.runId} row={row} isCompared {...line} />)}
            {others.map((row) => <Line key={row.runId} row={row} isCompared={false} {...line} />)}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

type LineProps = CompareTableProps & {
  row: Row;
  isCompared: boolean;
  results: readonly ColumnSpec[];
  given: readonly ColumnSpec[];
  digits: ReadonlyMap<string, number>;
  best: ReadonlyMap<string, Row["metrics"][string] | undefined>;
  better: (key: string) => boolean;
};

function Line({ row, isCompared, results, given, digits, best, better, workspace, drawn, baseline, isFull, focus, onFocus, onToggle, onBaseline }: LineProps) {
  const { nowMs } = useNow();
  const style = drawn.find(({ runId }) => runId === row.runId)?.style;
  const isBaseline = row.runId === baseline?.runId;
  const ground = isBaseline ? "bg-surface-2" : focus === row.runId ? "bg-accent-tint" : "bg-surface group-hover:bg-surface-2";
  const tone = isCompared ? "" : "text-fg-3";
  const took = durationMs(row, nowMs);
  return (
    <tr className="group" onPointerEnter={() => isCompared && onFocus(row.runId)} onPointerLeave={() => onFocus(undefined)}>
      <th scope="row" className={cx(cell, ground, "sticky left-0 z-1 max-w-80 border-r-line pl-3.5 text-left font-normal max-sm:max-w-52")}>
        <span className="flex min-w-0 items-center gap-2">
          <input
            type="checkbox"
            aria-label={`Compare ${row.name}`}
            checked={isCompared}
            disabled={!isCompared && isFull}
            onChange={() => onToggle(row.runId)}
            className="relative grid size-4 flex-none cursor-pointer appearance-none place-content-center rounded-[4px] border border-line-control bg-surface before:size-2.5 before:scale-0 before:bg-surface before:content-[''] before:[clip-path:polygon(14%_44%,0_65%,50%_100%,100%_16%,80%_0,43%_62%)] checked:border-accent checked:bg-accent checked:before:scale-100 disabled:cursor-not-allowed disabled:border-line-2 max-sm:size-5 pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5"
          />
          {style ? <LineSwatch style={style} /> : <span aria-hidden className="h-1 w-[22px] flex-none rounded-full bg-surface-3" />}
          <Link href={runHref(workspace, row.experiment, row.runId)} prefetch={false} title={row.name} className={cx("min-w-0 truncate underline-offset-2 hover:underline", isCompared && "font-medium")}>{row.name}</Link>
          {row.versions.map(({ model, number }) => <Link key={`${model} ${number}`} href={versionHref(workspace, model, number)} prefetch={false} title={`${model} v${number}`}><Tag>v{number}</Tag></Link>)}
          {row.status !== "FINISHED" && <RunStatus status={row.status} bare tight />}
          {isBaseline ? (
            <Tag className="bg-surface"><Icon name="flag" size={12} /><span className="max-sm:sr-only">baseline</span></Tag>
          ) : (
            isCompared && <button type="button" aria-label={`Make ${row.name} the baseline`} title="Make it the baseline" onClick={() => onBaseline(row.runId)} className="relative grid size-5 flex-none place-items-center rounded text-fg-3 opacity-0 group-hover:opacity-100 hover:bg-surface-3 hover:text-fg focus-visible:opacity-100 pointer-coarse:opacity-100 pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5"><Icon name="flag" size={13} /></button>
          )}
        </span>
      </th>
      {results.map(({ id, key }) => <Result key={id} row={row} column={key} digits={digits.get(key) ?? 4} isBest={isCompared && best.get(key) !== undefined && row.metrics[key] === best.get(key)} isBaseline={isBaseline} baseline={baseline} higherIsBetter={better(key)} className={cx(cell, ground, tone)} />)}
      {given.map(({ id, group, key }) => {
        const value = group === "params" ? row.params[key] : row.tags[key];
        const other = group === "params" ? baseline?.params[key] : baseline?.tags[key];
        const isDifferent = isCompared && baseline !== undefined && !isBaseline && value !== other;
        return <td key={id} title={value} className={cx(cell, isDifferent ? "bg-accent-tint font-medium" : ground, tone, "max-w-44 truncate text-right", value === undefined && "text-fg-3")}>{value ?? "—"}{isDifferent && <span className="sr-only"> differs from the baseline</span>}</td>;
      })}
      <td className={cx(cell, ground, "text-right text-fg-3")}>{took === null ? "—" : formatDuration(took)}</td>
      <td className={cx(cell, ground, "max-w-32 truncate pr-3.5 text-fg-3")} title={row.userName}>{row.userName}</td>
    </tr>
  );
}

type ResultProps = { row: Row; column: string; digits: number; isBest: boolean; isBaseline: boolean; baseline: Row | undefined; higherIsBetter: boolean; className: string };

function Result({ row, column, digits, isBest, isBaseline, baseline, higherIsBetter, className }: ResultProps) {
  const value = row.metrics[column];
  const difference = isBaseline ? undefined : differenceTo(baseline, row, column, higherIsBetter);
  const text = typeof value === "number" && Math.abs(value) < 1e7 && (Math.abs(value) >= 1e-4 || value === 0) ? formatNumber(value, digits) : formatMetric(value);
  return (
    <td title={value === undefined ? undefined : String(value)} className={cx(className, "text-right")}>
      <span className={cx(isBest && "font-semibold")}>{text}{isBest && <span className="sr-only"> best</span>}</span>
      {isBaseline ? value !== undefined && <span className="ml-1.5 inline-block min-w-12 text-xs text-fg-3">base</span>
        : difference && (
          <span className={cx("ml-1.5 inline-block min-w-12 text-xs", difference.isBetter === undefined ? "text-fg-3" : difference.isBetter ? "text-ok" : "text-warn")}>
            {difference.by === 0 ? "±0" : Math.abs(difference.by) < 0.5 * 10 ** -digits || Math.abs(difference.by) >= 1e7 ? `${difference.by > 0 ? "+" : ""}${formatMetric(difference.by)}` : formatNumber(difference.by, digits, true)}
            {difference.isBetter !== undefined && <span className="sr-only">{difference.isBetter ? " better" : " worse"}</span>}
          </span>
        )}
    </td>
  );
}
