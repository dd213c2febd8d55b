"use client";

import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Panel } from "@/components/ui/panel";
import { type SmallColumn, SmallTable } from "@/components/ui/small-table";
import { Tooltip } from "@/components/ui/tooltip";

let tables = false;
const watchers = new Set<() => void>();
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Shows all charts of the page as tables, or as charts again (`t`). */
export const toggleChartTables = (): void => {
  tables = !tables;
  for (const watcher of watchers) watcher();
};

export type ChartTable = { columns: readonly string[]; rows: readonly (readonly ReactNode[])[] };

export type ChartFrameProps = {
  title: ReactNode;
  /** Window, interval kind, versions: grey after the title. */
  note?: ReactNode;
  /** The finding in one sentence, for readers who don't see the drawing. */
  label: string;
  legend?: ReactNode;
  /** The same numbers as a table. */
  table: ChartTable;
  /** Controls at the right of the header. */
  actions?: ReactNode;
  children: ReactNode;
  /** Under the drawing: definitions, links, zone. */
  footer?: ReactNode;
  /** Without its own panel, inside another one. */
  bare?: boolean | undefined;
  className?: string | undefined;
};

/** Panel of a chart with its legend and "Show as table". */
export function ChartFrame({ title, note, label, legend, table, actions, children, footer, bare = false, className }: ChartFrameProps) {
  const all = useSyncExternalStore(watch, () => tables, () => false);
  const [own, setOwn] = useState<boolean | undefined>(undefined);
  useEffect(() => setOwn(undefined), [all]);
  const asTable = own ?? all;
  const word = asTable ? "Show as chart" : "Show as table";
  const body = (
    <>
      <header className="flex min-h-[38px] flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-2 pl-3.5">
        <h2 className="min-w-0 flex-1 text-base font-semibold">
          {title} {note !== undefined && <span className="font-normal text-fg-3">{note}</span>}
        </h2>
        {legend != null && <div className="flex flex-wrap items-center gap-x-3.5 gap-y-1 @max-[620px]:order-last @max-[620px]:basis-full">{legend}</div>}
        {actions}
        <Tooltip label={word} shortcut="t">
          <Button variant="ghost" size="sm" iconOnly icon={asTable ? "pulse" : "table"} aria-label={word} aria-pressed={asTable} onClick={() => setOwn(!asTable)} />
        </Tooltip>
      </header>
      <figure aria-label={label} className="min-w-0">
        {asTable ? <TableView table={table} label={label} /> : children}
      </figure>
      {footer !== undefined && <div className="px-3.5 pb-2.5 text-sm text-fg-3">{footer}</div>}
    </>
  );
  return bare ? <div className={cx("@container", className)}>{body}</div> : <Panel className={cx("@container", className)}>{body}</Panel>;
}

function TableView({ table, label }: { table: ChartTable; label: string }) {
  return (
    <SmallTable
      label={`${label}, as table`}
      dense
      sticky
      className="max-h-80 overflow-y-auto"
      rows={table.rows}
      rowKey={(_, index) => String(index)}
      columns={table.columns.map((header, index): SmallColumn<ChartTable["rows"][number]> => ({ header, align: index === 0 ? "left" : "right", className: "whitespace-nowrap", cell: (row) => row[index] }))}
    />
  );
}

export type LegendMark = "line" | "dashed" | "box" | "outline";

/** One entry of a legend; `color` is a variable: `var(--stable)`. */
export function LegendKey({ mark, color, children }: { mark: LegendMark; color: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-[5px] text-sm whitespace-nowrap text-fg-2">
      {mark === "box" ? <i aria-hidden className="size-[9px] rounded-[2px]" style={{ background: color }} /> : (
        <svg aria-hidden width={18} height={8} className="flex-none">
          <path d="M0 4h18" stroke={color} strokeWidth={2} strokeDasharray={mark === "dashed" ? "5 3" : undefined} />
        </svg>
      )}
      {children}
    </span>
  );
}
