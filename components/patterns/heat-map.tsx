"use client";

import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { ChartFrame } from "./chart-frame";
import { HeatMapLegend } from "./heat-map-legend";

export type HeatCell =
  /** `value` = effect divided by its limit; `text` is the value in its own unit ("JS 0.214"). */
  | { state: "value"; value: number; text: string }
  | { state: "insufficient"; text: string }
  | { state: "none" };

export type HeatRow = {
  key: string;
  name: string;
  /** Share of the model's weight, 0 to 1. */
  weight?: number | undefined;
  cells: readonly HeatCell[];
};

export type HeatWindow = { key: string; /** Under the map, where there is room. */ label: string; /** Full words: "12 Nov, 00:00 to 12:00". */ title: string };

export type HeatMapProps = {
  title: ReactNode;
  note?: ReactNode;
  /** The finding in one sentence. */
  label: string;
  windows: readonly HeatWindow[];
  /** In the order to draw, worst first. */
  rows: readonly HeatRow[];
  /** A line before the window with this index ("v8"). */
  versions?: readonly { index: number; label: string }[] | undefined;
  selected?: { row: string; window: string } | undefined;
  onSelect?: ((row: string, window: string) => void) | undefined;
  actions?: ReactNode;
  footer?: ReactNode;
  className?: string | undefined;
};

const limits = [0.25, 0.5, 0.75, 1, 1.5];
/** Step of the sequential scale: 0, .25, .5, .75, 1 (the limit), 1.5. */
const stepOf = (value: number): number => limits.filter((limit) => value >= limit).length;

/** The cell in words. */
const wordsOf = (cell: HeatCell | undefined): string => {
  if (!cell || cell.state === "none") return "no data";
  if (cell.state === "insufficient") return `too few rows, ${cell.text}`;
  return `${cell.text}, ${cell.value.toFixed(2)} of the limit${cell.value >= 1 ? ", over" : ""}`;
};

/** Feature × window; arrow keys walk the cells, Enter selects. */
export function HeatMap({ title, note, label, windows, rows, versions = [], selected, onSelect, actions, footer, className }: HeatMapProps) {
  const table = useMemo(
    () => ({ columns: ["Feature", ...windows.map((window) => window.title)], rows: rows.map((row) => [row.name, ...windows.map((_, index) => wordsOf(row.cells[index]))]) }),
    [rows, windows],
  );
  return (
    <ChartFrame title={title} note={note} label={label} table={table} actions={actions} footer={footer} className={className}>
      <div className="px-3.5 pb-2.5">
        <HeatMapLegend />
        <Grid windows={windows} rows={rows} versions={versions} selected={selected} onSelect={onSelect} label={label} />
      </div>
    </ChartFrame>
  );
}

type GridProps = Required<Pick<HeatMapProps, "windows" | "rows" | "label">> & { versions: NonNullable<HeatMapProps["versions"]>; selected: HeatMapProps["selected"]; onSelect: HeatMapProps["onSelect"] };

const moves: Record<string, readonly [row: number, column: number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function Grid({ windows, rows, versions, selected, onSelect, label }: GridProps) {
  const grid = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<{ row: number; column: number }>();
  const chosen = { row: rows.findIndex((row) => row.key === selected?.row), column: windows.findIndex((window) => window.key === selected?.window) };
  const stop = at ?? (chosen.row >= 0 && chosen.column >= 0 ? chosen : { row: 0, column: Math.max(0, windows.length - 1) });
  const every = Math.max(1, Math.ceil(windows.length / 8));
  const hasWeights = rows.some(({ weight }) => weight !== undefined);

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key];
    const select = event.key === "Enter" || event.key === " ";
    if (!move && !select) return;
    event.preventDefault();
    if (!move) {
      pick(stop.row, stop.column);
      return;
    }
    const next = { row: Math.min(rows.length - 1, Math.max(0, stop.row + move[0])), column: Math.min(windows.length - 1, Math.max(0, stop.column + move[1])) };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.row}-${next.column}"]`)?.focus();
  };
  const pick = (row: number, column: number) => {
    const [rowKey, windowKey] = [rows[row]?.key, windows[column]?.key];
    setAt({ row, column });
    if (rowKey !== undefined && windowKey !== undefined) onSelect?.(rowKey, windowKey);
  };

  return (
    <div className="relative overflow-x-auto pb-1">
      {/* A grid of cells is a widget of its own: one tab stop, arrows inside (WAI-ARIA grid pattern). */}
      <table ref={grid} role="grid" aria-label={label} onKeyDown={onKeyDown} className="w-full min-w-[520px] table-fixed border-separate border-spacing-[1.5px]">
        <thead>
          <tr>
            <th scope="col" className="h-[17px] w-32 pl-1.5 text-left text-xs font-medium text-fg-2">Feature</th>
            {hasWeights && <th scope="col" className="w-12 text-left text-xs font-medium text-fg-2">Weight</th>}
            {windows.map((window, index) => {
              const version = versions.find((item) => item.index === index);
              return <th key={window.key} scope="col" className="relative"><span className="sr-only">{window.title}</span>{version && <span aria-hidden className="absolute bottom-0.5 left-0 -translate-x-1/2 text-xs font-medium whitespace-nowrap text-fg-2">{version.label}</span>}</th>;
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => {
            const over = row.cells.some((cell) => cell.state === "value" && cell.value >= 1);
            const open = selected?.row === row.key;
            return (
              <tr key={row.key}>
                <th scope="row" className={cx("h-5 max-w-32 truncate rounded-l-[3px] pl-1.5 text-left text-sm", open ? "bg-surface-3 font-medium text-fg" : over ? "font-medium text-fg" : "font-normal text-fg-2")} title={row.name}>{row.name}</th>
                {hasWeights && <Weight share={row.weight} isOpen={open} />}
                {windows.map((window, index) => (
                  <Cell
                    key={window.key}
                    cell={row.cells[index]}
                    id={`${rowIndex}-${index}`}
                    words={`${row.name}, ${window.title}: ${wordsOf(row.cells[index])}`}
                    selected={open && selected.window === window.key}
                    tabStop={stop.row === rowIndex && stop.column === index}
                    versionLine={versions.some((item) => item.index === index)}
                    onPick={() => pick(rowIndex, index)}
                  />
                ))}
              </tr>
            );
          })}
        </tbody>
        <tfoot aria-hidden>
          <tr>
            <td colSpan={hasWeights ? 2 : 1} />
            {windows.map((window, index) => (
              <td key={window.key} className="relative h-4 p-0">{index % every === 0 && <span className="absolute top-0.5 left-0 text-xs whitespace-nowrap text-fg-3">{window.label}</span>}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Weight({ share, isOpen }: { share: number | undefined; isOpen: boolean }) {
  return (
    <td role="gridcell" className={cx("rounded-r-[3px] pr-2", isOpen && "bg-surface-3")}>
      {share !== undefined && (
        <span role="img" aria-label={`weight ${(share * 100).toFixed(0)} %`} className="block h-1 w-[34px] rounded-[1px] bg-surface-3">
          <span className="block h-full rounded-[1px] bg-fg-3" style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
        </span>
      )}
    </td>
  );
}

type CellProps = { cell: HeatCell | undefined; id: string; words: string; selected: boolean; tabStop: boolean; versionLine: boolean; onPick: () => void };

function Cell({ cell, id, words, selected, tabStop, versionLine, onPick }: CellProps) {
  const step = cell?.state === "value" ? stepOf(cell.value) : undefined;
  return (
    <td
      role="gridcell"
      data-cell={id}
      tabIndex={tabStop ? 0 : -1}
      aria-label={words}
      aria-selected={selected}
      title={words}
      onClick={onPick}
      className={cx(
        "relative h-5 cursor-pointer rounded-[2px] p-0 text-center align-middle",
        (!cell || cell.state === "none") && "hatch",
        selected && "outline-2 -outline-offset-1 outline-fg",
        versionLine && "before:absolute before:-inset-y-px before:-left-[2px] before:w-px before:bg-fg-3",
      )}
      style={step !== undefined ? { background: `var(--seq-${step})` } : cell?.state === "insufficient" ? { background: "var(--insufficient)" } : undefined}
    >
      {step !== undefined && step >= 4 && <i aria-hidden className="mx-auto block size-[3.5px] rounded-full bg-surface" />}
    </td>
  );
}
