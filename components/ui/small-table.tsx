import { type ReactNode } from "react";
import { cx } from "./cx";
import { ScrollRegion } from "./scroll-region";

export type SmallColumn<Row> = {
  header: ReactNode;
  /** The head is for screen readers alone. */
  headerHidden?: boolean | undefined;
  cell: (row: Row, index: number) => ReactNode;
  align?: "left" | "right" | undefined;
  /** Grey, beside the columns that matter. */
  quiet?: boolean | undefined;
  /** Of head and cells: widths, and `max-lg:hidden` and its like. */
  className?: string | undefined;
  /** The whole value, on hover. */
  title?: ((row: Row) => string | undefined) | undefined;
};

export type SmallTableProps<Row> = {
  /** Names the table, which scrolls sideways in itself. */
  label: string;
  /** The first one names the row. */
  columns: readonly SmallColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  size?: "sm" | "base" | undefined;
  /** Low rows: figures of a chart, names in a dialog. */
  dense?: boolean | undefined;
  /** Without the panel's padding at both ends: in dialogs and bodies. */
  flush?: boolean | undefined;
  /** Below this width it scrolls: "min-w-[520px]". */
  minWidth?: string | undefined;
  /** Heads stay while it scrolls; give `className` a height. */
  sticky?: boolean | undefined;
  className?: string | undefined;
};

/** A table of a few rows that are all there: no paging, sorting or links of rows (those are DataTable's). */
export function SmallTable<Row>({ label, columns, rows, rowKey, size = "sm", dense = false, flush = false, minWidth, sticky = false, className }: SmallTableProps<Row>) {
  const ends = flush ? "first:pl-0 last:pr-0" : "first:pl-3.5 last:pr-3.5";
  const sideOf = ({ align }: SmallColumn<Row>) => (align === "right" ? "text-right whitespace-nowrap tabular-nums" : "text-left");
  return (
    <ScrollRegion label={label} className={cx("border-line [&+&]:border-t", className)}>
      <table className={cx("w-full border-separate border-spacing-0", size === "sm" && "text-sm", minWidth)}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col" className={cx("border-b border-line px-2.5 text-sm font-medium text-fg-3", dense && flush ? "py-1" : "py-1.5", ends, sideOf(column), sticky && "sticky top-0 bg-surface", column.className)}>
                {column.headerHidden ? <span className="sr-only">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&_tr:last-child>*]:border-b-0">
          {rows.map((row, at) => (
            <tr key={rowKey(row, at)}>
              {columns.map((column, index) => {
                const props = { className: cx("border-b border-line px-2.5 align-baseline", dense ? "py-1" : "py-1.5", ends, sideOf(column), column.quiet && "text-fg-2", column.className), title: column.title?.(row) };
                return index === 0 ? <th key={index} scope="row" {...props} className={cx(props.className, "font-normal")}>{column.cell(row, at)}</th> : <td key={index} {...props}>{column.cell(row, at)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
