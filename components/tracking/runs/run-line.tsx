"use client";

import Link from "next/link";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format-time";
import { Icon } from "@/components/ui/icon";
import { Tag } from "@/components/ui/tag";
import { Time, useNow } from "@/components/ui/time";
import type { RunRowView } from "@/lib/tracking";
import { runHref } from "../queries";
import { RunStatus } from "../run-status";
import { durationMs, formatMetric } from "../values";
import type { ColumnSpec } from "./columns";
import type { Line } from "./lines";

/** What every row of the table is drawn with. */
export type RowView = {
  workspace: string;
  number: number;
  columns: readonly ColumnSpec[];
  /** Selected runs in the order of their choice: each has the colour of its place. */
  selected: readonly string[];
  onSelect: (runId: string, isRange: boolean) => void;
  onExpand: (runId: string) => void;
};

const cell = "h-9 border-b border-line px-2.5 py-0 align-middle overflow-hidden text-ellipsis whitespace-nowrap";
/** Colours of the first six; more are selected in grey, as the design has it. */
export const swatch = (place: number): string => (place >= 0 && place < 6 ? `var(--cat-${place + 1})` : place >= 6 ? "var(--fg-3)" : "var(--surface-3)");

export function RunLine({ line, index, best, workspace, number, columns, selected, onSelect, onExpand }: RowView & { line: Line; index: number; best: Record<string, number | undefined> }) {
  const indent = { paddingLeft: 14 + line.depth * 18 };
  if (line.kind === "note") {
    return <tr aria-rowindex={index + 3}><td colSpan={columns.length + 1} style={indent} className={cx(cell, "text-sm text-fg-3")}>{line.text}</td></tr>;
  }
  const { row, isExpanded } = line;
  const place = selected.indexOf(row.runId);
  const isSelected = place >= 0;
  const ground = isSelected ? "bg-accent-tint" : "bg-surface group-hover:bg-surface-2";
  return (
    <tr aria-rowindex={index + 3} aria-selected={isSelected} className="group relative">
      <th scope="row" style={indent} className={cx(cell, ground, "sticky left-0 z-1 border-r text-left font-normal")}>
        <span className="flex min-w-0 items-center gap-2">
          <input
            type="checkbox"
            aria-label={`Select ${row.name}`}
            checked={isSelected}
            onChange={() => undefined}
            onClick={(event) => onSelect(row.runId, event.shiftKey)}
            className="relative z-2 grid size-4 flex-none cursor-pointer appearance-none place-content-center rounded-[4px] border border-line-control bg-surface before:size-2.5 before:scale-0 before:bg-surface before:content-[''] before:[clip-path:polygon(14%_44%,0_65%,50%_100%,100%_16%,80%_0,43%_62%)] checked:border-accent checked:bg-accent checked:before:scale-100 max-sm:size-5 pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5"
          />
          {row.childCount > 0 ? (
            <button type="button" aria-expanded={isExpanded} aria-label={`${isExpanded ? "Hide" : "Show"} the ${row.childCount} runs nested in ${row.name}`} onClick={() => onExpand(row.runId)} className="relative z-2 -mx-1 grid size-5 flex-none place-items-center rounded text-fg-3 hover:bg-surface-3 hover:text-fg">
              <Icon name={isExpanded ? "down" : "right"} size={14} />
            </button>
          ) : <span aria-hidden className="h-1 w-3 flex-none rounded-full" style={{ background: swatch(place) }} />}
          <Link href={runHref(workspace, number, row.runId)} data-row-link={row.runId} title={row.name} prefetch={false} className={cx("min-w-0 truncate after:absolute after:inset-0 after:content-[''] focus-visible:outline-none focus-visible:after:rounded focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent", isSelected && "font-medium")}>{row.name}</Link>
          {row.childCount > 0 && <span aria-hidden className="text-xs text-fg-3">{row.childCount}</span>}
          {row.status !== "FINISHED" && !columns.some(({ id }) => id === "attributes.status") && <RunStatus status={row.status} tight />}
          {row.versions.length > 0 && <Tag>{row.versions.length === 1 ? `v${row.versions[0]?.number ?? ""}` : `${row.versions.length} versions`}</Tag>}
        </span>
      </th>
      {columns.map((column) => <Value key={column.id} column={column} row={row} best={best} ground={ground} />)}
    </tr>
  );
}

function Value({ column: { group, key, isNumber }, row, best, ground }: { column: ColumnSpec; row: RunRowView; best: Record<string, number | undefined>; ground: string }) {
  if (group === "attributes") return <td className={cx(cell, ground, isNumber && "text-right", "text-fg-2")}><Attribute name={key} row={row} /></td>;
  const value = row[group][key];
  if (value === undefined) return <td className={cx(cell, ground, isNumber && "text-right", "text-fg-3")}>—</td>;
  if (group === "metrics") {
    const isBest = best[key] !== undefined && value === best[key];
    return <td title={String(value)} className={cx(cell, ground, "text-right", isBest ? "font-semibold" : "text-fg-2")}>{formatMetric(row.metrics[key])}{isBest && <span className="sr-only"> best shown</span>}</td>;
  }
  return <td title={String(value)} className={cx(cell, ground, isNumber && "text-right", "text-fg-2")}>{value}</td>;
}

function Attribute({ name, row }: { name: string; row: RunRowView }) {
  switch (name) {
    case "status": return <RunStatus status={row.status} bare />;
    case "duration": return <Took row={row} />;
    case "started": return row.startedAt === null ? "—" : <Time value={row.startedAt} />;
    case "user": return <span title={row.userName}>{row.userName}</span>;
    case "models": return row.versions.length === 0 ? "—" : <span title={row.versions.map(({ model, number }) => `${model} v${number}`).join(", ")}>{row.versions.map(({ model, number }) => `${model} v${number}`).join(", ")}</span>;
    case "runId": return <code className="text-sm" title={row.runId}>{row.runId.slice(0, 10)}</code>;
    default: return "—";
  }
}

function Took({ row }: { row: RunRowView }) {
  const { nowMs } = useNow();
  const took = durationMs(row, nowMs);
  return took === null ? "—" : formatDuration(took);
}
