"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useRowKeys } from "@/components/patterns/use-row-keys";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Skeleton } from "@/components/ui/skeleton";
import { bestOf, isHigherBetter } from "../values";
import type { ColumnGroup, ColumnSpec } from "./columns";
import type { Line } from "./lines";
import { RunLine } from "./run-line";
import type { RowView } from "./run-line";

export type RunsTableProps = RowView & {
  label: string;
  /** Undefined while the first page loads. */
  lines: readonly Line[] | undefined;
  isStale: boolean;
  sort: string | undefined;
  isAscending: boolean;
  onSort: (by: string) => void;
  hasMore: boolean;
  onMore: () => void;
  /** Runs that stand in the window now. */
  onShown: (first: number, last: number) => void;
};

const rowHeight = 36;
const nameWidth = 240;
const groupWords: Record<ColumnGroup, string> = { metrics: "Metrics", params: "Parameters", tags: "Tags", attributes: "" };
const head = "sticky z-2 bg-surface px-2.5 text-left text-sm font-medium whitespace-nowrap text-fg-3";

/** The runs in a frame of their own: names stay at the left, heads on top, and only rows near the window are drawn. */
export function RunsTable({ label, lines, isStale, sort, isAscending, onSort, hasMore, onMore, onShown, ...view }: RunsTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { columns } = view;
  useRowKeys(body);
  const virtualizer = useVirtualizer({ count: lines?.length ?? 0, getScrollElement: () => frame.current, estimateSize: () => rowHeight, overscan: 12, initialRect: { width: 1_200, height: 720 } });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  const total = lines?.length ?? 0;
  useEffect(() => {
    onShown(first, last);
    if (hasMore && last >= total - 30 && total > 0) onMore();
  }, [first, last, total, hasMore, onMore, onShown]);
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const spans = spansOf(columns);
  const rows = (lines ?? []).flatMap((line) => (line.kind === "run" ? [line.row] : []));
  const best = Object.fromEntries(columns.flatMap(({ group, key }) => (group === "metrics" ? [[key, bestOf(key, rows)]] : [])));
  return (
    <ScrollRegion ref={frame} label={label} aria-busy={lines === undefined || isStale || undefined} className={cx("max-h-[max(360px,calc(100dvh-236px))] overflow-y-auto rounded-panel border border-line bg-surface [overflow-anchor:none] max-sm:max-h-[72dvh]", isStale && "opacity-70 transition-opacity delay-150")}>
      <table className="w-full table-fixed border-separate border-spacing-0" style={{ minWidth: nameWidth + columns.reduce((sum, { width }) => sum + width, 0) }} aria-rowcount={hasMore ? -1 : total + 2}>
        <caption className="sr-only">{label}</caption>
        <colgroup>
          <col style={{ width: nameWidth }} className="max-sm:w-[190px]!" />
          {columns.map(({ id, width }) => <col key={id} style={{ width }} />)}
        </colgroup>
        <thead>
          {spans.length > 0 && (
            <tr>
              <td className={cx(head, "top-0 left-0 z-3 h-6 rounded-tl-panel")} />
              {spans.map(({ group, count }) => <th key={group} scope="colgroup" colSpan={count} className={cx(head, "top-0 h-6 pt-1 align-bottom text-xs font-normal")}>{groupWords[group]}</th>)}
            </tr>
          )}
          <tr>
            <SortHead spec={undefined} top={spans.length > 0} sort={sort} isAscending={isAscending} onSort={onSort} />
            {columns.map((spec) => <SortHead key={spec.id} spec={spec} top={spans.length > 0} sort={sort} isAscending={isAscending} onSort={onSort} />)}
          </tr>
        </thead>
        <tbody ref={body} className="[&_tr:last-child>*]:border-b-0">
          {lines === undefined ? <Waiting columns={columns} /> : (
            <>
              {before > 0 && <tr aria-hidden><td colSpan={columns.length + 1} style={{ height: before, padding: 0 }} /></tr>}
              {items.map(({ index }) => {
                const line = lines[index];
                return line === undefined ? null : <RunLine key={line.key} line={line} index={index} best={best} {...view} />;
              })}
              {after > 0 && <tr aria-hidden><td colSpan={columns.length + 1} style={{ height: after, padding: 0 }} /></tr>}
            </>
          )}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const spansOf = (columns: readonly ColumnSpec[]): { group: ColumnGroup; count: number }[] => {
  const found = (["metrics", "params", "tags", "attributes"] as const).map((group) => ({ group, count: columns.filter((column) => column.group === group).length })).filter(({ count }) => count > 0);
  return found.some(({ group }) => group !== "attributes") ? found : [];
};

const nameHead = { label: "Run", sort: "attributes.run_name", isNumber: false, group: "attributes" as const };

function SortHead({ spec, top, sort, isAscending, onSort }: { spec: ColumnSpec | undefined; top: boolean; sort: string | undefined; isAscending: boolean; onSort: (by: string) => void }) {
  const { label, sort: by, isNumber, group } = spec ?? nameHead;
  const isSorted = by !== undefined && sort === by;
  const className = cx(head, "border-b border-line py-1", top ? "top-6" : "top-0", spec === undefined && "left-0 z-3 border-r pl-3.5", isNumber && "text-right");
  const better = group === "metrics" ? (isHigherBetter(label) ? "; bold is the highest shown" : "; bold is the lowest shown") : "";
  return (
    <th scope="col" className={className} aria-sort={isSorted ? (isAscending ? "ascending" : "descending") : undefined}>
      {by === undefined ? <span className="block truncate" title={label}>{label}</span> : (
        <button type="button" onClick={() => onSort(by)} title={`${label}: sort${better}`} className={cx("inline-flex h-5 max-w-full items-center gap-1 rounded align-middle hover:text-fg focus-visible:-outline-offset-1 max-sm:h-8", isSorted && "text-fg")}>
          <HeadWords text={label} />
          {isSorted && <Icon name={isAscending ? "up" : "arrowdown"} size={13} />}
        </button>
      )}
    </th>
  );
}

const tailLetters = 9;

/** A name that is cut loses its middle: the ends of `layer_00/grad_norm_01` and its sisters tell them apart. */
function HeadWords({ text }: { text: string }) {
  if (text.length <= 2 * tailLetters) return <span className="truncate">{text}</span>;
  return (
    <>
      <span className="sr-only">{text}</span>
      <span aria-hidden className="flex min-w-0 whitespace-pre"><span className="truncate">{text.slice(0, -tailLetters)}</span><span className="flex-none">{text.slice(-tailLetters)}</span></span>
    </>
  );
}

function Waiting({ columns }: { columns: readonly ColumnSpec[] }) {
  return Array.from({ length: 12 }, (_, row) => (
    <tr key={row} aria-hidden className="animate-[appear_1ms_linear_150ms_backwards]">
      <td style={{ height: rowHeight }} className="border-b border-line px-3.5"><Skeleton className="w-32" /></td>
      {columns.map(({ id, isNumber }) => <td key={id} className="border-b border-line px-2.5"><Skeleton className={cx("w-12", isNumber && "ml-auto")} /></td>)}
    </tr>
  ));
}
