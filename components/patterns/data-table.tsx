"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useRef, type ReactNode } from "react";
import { messageOf } from "@/lib/core/errors";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { ColumnChoice, useColumns } from "./data-table-columns";
import { headCell, type RowTable, SkeletonRows, TableRow, type Column } from "./data-table-row";
import { EmptyState, ErrorState } from "./states";
import { useRowKeys } from "./use-row-keys";

export type DataTableProps<Row> = RowTable<Row> & {
  /** Names the table: "Versions, newest first". */
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first page loads. */
  rows: readonly Row[] | undefined;
  /** What the rows are: "versions". */
  what: string;
  error?: unknown;
  onRetry?: (() => void) | undefined;
  hasMore?: boolean | undefined;
  onMore?: (() => void) | undefined;
  isFetchingMore?: boolean | undefined;
  isRefreshing?: boolean | undefined;
  /** Shown when there are no rows and no filter is set (an EmptyState of kind never). */
  empty: ReactNode;
  filters?: { active: readonly string[]; clear: () => void } | undefined;
  /** Button that hides and shows optional columns. */
  columnChoice?: boolean | undefined;
};

const virtualFrom = 200;

/** Server-paged table: one real link per row, sticky header, true skeletons, every empty and error state, virtual above 200 rows. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowHeight = 36, cards = false, what, error, filters } = props;
  const columns = useColumns(props.columns);
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  const failed = error !== undefined && error !== null;

  if (rows === undefined && failed) return <Panel><ErrorState error={error} what={what} onRetry={props.onRetry} /></Panel>;
  if (rows?.length === 0) {
    return (
      <Panel>
        {filters && filters.active.length > 0 ? (
          <EmptyState kind="filtered" title={`No ${what} match these filters`} action={<Button size="sm" onClick={filters.clear}>Clear filters</Button>}>
            Filtered by {filters.active.join(", ")}.
          </EmptyState>
        ) : props.empty}
      </Panel>
    );
  }
  return (
    <div>
      {props.columnChoice && <div className="mb-1.5 flex justify-end"><ColumnChoice columns={props.columns} shown={columns.shown} toggle={columns.toggle} /></div>}
      {failed && (
        <Notice tone="warn" className="mb-2" title="Not refreshed." actions={props.onRetry && <Button size="sm" onClick={props.onRetry}>Retry</Button>}>
          {messageOf(error)}
        </Notice>
      )}
      <Panel aria-label={label} aria-busy={rows === undefined || props.isRefreshing || undefined} className={cx("relative", !cards && "max-md:overflow-x-auto")}>
        <table role={cards ? "table" : undefined} className={cx("w-full border-collapse", cards ? "max-sm:block" : "max-md:min-w-[720px]")}>
          <caption className="sr-only">{label}</caption>
          <thead role={cards ? "rowgroup" : undefined} className={cx(cards && "max-sm:sr-only")}>
            <tr role={cards ? "row" : undefined}>
              {columns.visible.map((column) => (
                <th key={column.id} role={cards ? "columnheader" : undefined} scope="col" style={column.width === undefined ? undefined : { width: column.width }} className={cx(headCell, column.align === "right" && "text-right")}>
                  {column.headerHidden ? <span className="sr-only">{column.header}</span> : column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} role={cards ? "rowgroup" : undefined} className={cx("[&>tr:last-child>td]:border-b-0", cards && "max-sm:block")}>
            {rows === undefined ? <SkeletonRows columns={columns.visible} rowHeight={rowHeight} /> : rows.length > virtualFrom ? <VirtualRows {...props} rows={rows} visible={columns.visible} body={body} /> : <Rows {...props} rows={rows} visible={columns.visible} />}
          </tbody>
        </table>
      </Panel>
      {props.hasMore && (
        <div className="mt-2.5 flex justify-center">
          <Button onClick={props.onMore} pending={props.isFetchingMore} pendingLabel={`Reading ${what}…`}>Show more</Button>
        </div>
      )}
    </div>
  );
}

type RowsProps<Row> = DataTableProps<Row> & { rows: readonly Row[]; visible: readonly Column<Row>[] };

function Rows<Row>({ rows, visible, ...table }: RowsProps<Row>) {
  return rows.map((row) => <TableRow key={table.rowKey(row)} row={row} columns={visible} table={table} />);
}

/** Rows near the window alone; spacers keep the page as long as all of them. */
function VirtualRows<Row>({ rows, visible, body, ...table }: RowsProps<Row> & { body: React.RefObject<HTMLTableSectionElement | null> }) {
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => table.rowHeight ?? 36,
    overscan: 12,
    scrollMargin: (body.current?.getBoundingClientRect().top ?? 0) + (typeof window === "undefined" ? 0 : window.scrollY),
  });
  const items = virtualizer.getVirtualItems();
  const before = (items[0]?.start ?? virtualizer.options.scrollMargin) - virtualizer.options.scrollMargin;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? virtualizer.options.scrollMargin) - virtualizer.options.scrollMargin);
  return (
    <>
      {before > 0 && <tr aria-hidden><td colSpan={visible.length} style={{ height: before, padding: 0 }} /></tr>}
      {items.map((item) => {
        const row = rows[item.index];
        return row === undefined ? null : <TableRow key={table.rowKey(row)} row={row} columns={visible} table={table} index={item.index} />;
      })}
      {after > 0 && <tr aria-hidden><td colSpan={visible.length} style={{ height: after, padding: 0 }} /></tr>}
    </>
  );
}
