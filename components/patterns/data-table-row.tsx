"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { withParams } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { toneClass, type Tone } from "@/components/ui/tone";

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  align?: "right" | undefined;
  /** CSS width: "112px", "40%". */
  width?: string | undefined;
  /** Holds the row's link (default: the first column). */
  link?: boolean | undefined;
  /** May be hidden by the reader. */
  optional?: boolean | undefined;
  /** Optional and hidden at first. */
  hidden?: boolean | undefined;
  headerHidden?: boolean | undefined;
  /** In cards on phones: over the whole width, without its label, or not at all. */
  phone?: "full" | "bare" | "hide" | undefined;
  /** Long text: one line with an ellipsis instead of growing the table. */
  truncate?: boolean | undefined;
};

export const headCell = "z-3 border-b border-line bg-surface px-2.5 py-1.5 text-left text-sm font-medium whitespace-nowrap text-fg-3 first:rounded-tl-panel first:pl-3.5 last:rounded-tr-panel last:pr-3.5 md:sticky md:top-11";

export type RowTable<Row> = {
  rowKey: (row: Row) => string;
  /** The row's page; leave it out with `peekParam`. */
  rowHref?: ((row: Row) => string) | undefined;
  /** Rows open a PeekPanel: the key goes to this URL parameter ("peek"). */
  peekParam?: string | undefined;
  /** Tints the row. */
  rowTone?: ((row: Row) => Tone | undefined) | undefined;
  /** 36 one line, 52 two. */
  rowHeight?: 36 | 52 | undefined;
  /** Rows become cards on phones; without it the table scrolls in its frame. */
  cards?: boolean | undefined;
};

export function TableRow<Row>({ row, columns, table, index }: { row: Row; columns: readonly Column<Row>[]; table: RowTable<Row>; index?: number | undefined }) {
  const pathname = usePathname();
  const search = useSearchParams();
  const key = table.rowKey(row);
  const tone = table.rowTone?.(row);
  const peeked = table.peekParam !== undefined && search.get(table.peekParam) === key;
  const href = table.peekParam === undefined ? table.rowHref?.(row) : withParams(pathname, search, { [table.peekParam]: key });
  const linkColumn = columns.find((column) => column.link) ?? columns[0];
  return (
    <tr
      role={table.cards ? "row" : undefined}
      aria-rowindex={index === undefined ? undefined : index + 2}
      className={cx(
        "relative",
        href !== undefined && "hover:bg-surface-2",
        tone && cx(toneClass[tone], "bg-[color-mix(in_srgb,var(--tone-bg)_50%,transparent)]"),
        peeked && "bg-accent-tint! shadow-[inset_2px_0_var(--accent)]",
        table.cards && "max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-2.5 max-sm:gap-y-0.5 max-sm:border-b max-sm:border-line max-sm:px-3 max-sm:py-[11px] max-sm:last:border-b-0",
      )}
    >
      {columns.map((column) => {
        const content = column.cell(row);
        return (
          <td
            key={column.id}
            role={table.cards ? "cell" : undefined}
            style={{ height: table.rowHeight ?? 36 }}
            className={cx(
              "border-b border-line px-2.5 py-1 align-middle first:pl-3.5 last:pr-3.5",
              column.align === "right" && cx("text-right whitespace-nowrap", table.cards && column.phone !== "bare" && "max-sm:text-left"),
              column.truncate && "max-w-0 truncate",
              table.cards && "max-sm:block max-sm:h-auto! max-sm:max-w-none max-sm:border-0 max-sm:p-0!",
              table.cards && column.phone === "full" && "max-sm:col-span-2",
              table.cards && column.phone === "hide" && "max-sm:hidden",
            )}
          >
            {table.cards && column.phone === undefined && <span aria-hidden className="mr-1.5 text-sm text-fg-3 sm:hidden">{column.header}</span>}
            {column === linkColumn && href !== undefined ? (
              <Link href={href} scroll={table.peekParam === undefined} data-row-link={key} className="after:absolute after:inset-0 after:content-[''] focus-visible:outline-none focus-visible:after:rounded focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent">
                {content}
              </Link>
            ) : content}
          </td>
        );
      })}
    </tr>
  );
}

/** Rows to come, in their true height; they appear after 150 ms so that fast answers don't flash. */
export function SkeletonRows<Row>({ columns, rowHeight, count = 8 }: { columns: readonly Column<Row>[]; rowHeight: number; count?: number | undefined }) {
  return Array.from({ length: count }, (_, row) => (
    <tr key={row} aria-hidden className="animate-[appear_1ms_linear_150ms_backwards]">
      {columns.map((column, index) => (
        <td key={column.id} style={{ height: rowHeight }} className="border-b border-line px-2.5 first:pl-3.5 last:pr-3.5">
          <Skeleton className={cx(index === 0 ? "w-28" : row % 2 === 0 ? "w-3/5" : "w-2/5", "max-w-full", column.align === "right" && "ml-auto")} />
        </td>
      ))}
    </tr>
  ));
}
