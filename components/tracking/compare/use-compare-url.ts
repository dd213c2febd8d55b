"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { formatColumns, parseColumns } from "../runs/columns";
import { type Brushes, formatBrushes, parseBrushes } from "./axes";
import { formatSlots, parseSlots, type Slots } from "./slots";

const parsers = {
  runs: parseAsString.withDefault(""),
  base: parseAsString,
  by: parseAsString,
  best: parseAsStringLiteral(["high", "low"]),
  plot: parseAsStringLiteral(["parallel", "scatter"]).withDefault("parallel"),
  axes: parseAsString,
  brush: parseAsString.withDefault(""),
  x: parseAsString,
  y: parseAsString,
  color: parseAsString,
  q: parseAsString.withDefault(""),
  status: parseAsString.withDefault(""),
  same: parseAsBoolean.withDefault(false),
  cols: parseAsString,
};

type State = {
  slots: Slots;
  baseline: string | undefined;
  /** Metric that runs are judged by, and which end of it is better; undefined leaves it to its name. */
  by: string | undefined;
  best: "high" | "low" | undefined;
  plot: "parallel" | "scatter";
  axes: string[] | undefined;
  brushes: Brushes;
  x: string | undefined;
  y: string | undefined;
  color: string | undefined;
  filter: string;
  status: string;
  /** Shows columns in which nothing differs, too. */
  showsSame: boolean;
  columns: ReturnType<typeof parseColumns> | undefined;
};
export type CompareState = State;
export type SetCompare = (change: Partial<State>) => void;

/** Everything that was chosen on the page; it lives in the URL. */
export const useCompareUrl = (): [CompareState, SetCompare] => {
  const [url, setUrl] = useQueryStates(parsers, { history: "replace", throttleMs: 100 });
  const state = useMemo((): State => ({
    slots: parseSlots(url.runs),
    baseline: url.base ?? undefined,
    by: url.by ?? undefined,
    best: url.best ?? undefined,
    plot: url.plot,
    axes: url.axes === null ? undefined : url.axes.split(",").filter(Boolean),
    brushes: parseBrushes(url.brush),
    x: url.x ?? undefined,
    y: url.y ?? undefined,
    color: url.color ?? undefined,
    filter: url.q,
    status: url.status,
    showsSame: url.same,
    columns: url.cols === null ? undefined : parseColumns(url.cols),
  }), [url]);
  const set: SetCompare = (change) => {
    const has = (key: keyof State): boolean => key in change;
    void setUrl({
      ...(change.slots ? { runs: formatSlots(change.slots) } : {}),
      ...(has("baseline") ? { base: change.baseline ?? null } : {}),
      ...(has("by") ? { by: change.by ?? null } : {}),
      ...(has("best") ? { best: change.best ?? null } : {}),
      ...(change.plot ? { plot: change.plot } : {}),
      ...(has("axes") ? { axes: change.axes?.join(",") ?? null } : {}),
      ...(change.brushes ? { brush: formatBrushes(change.brushes) || null } : {}),
      ...(has("x") ? { x: change.x ?? null } : {}),
      ...(has("y") ? { y: change.y ?? null } : {}),
      ...(has("color") ? { color: change.color ?? null } : {}),
      ...(has("filter") ? { q: change.filter || null } : {}),
      ...(has("status") ? { status: change.status || null } : {}),
      ...(has("showsSame") ? { same: change.showsSame ?? null } : {}),
      ...(has("columns") ? { cols: change.columns ? formatColumns(change.columns) : null } : {}),
    });
  };
  return [state, set];
};
