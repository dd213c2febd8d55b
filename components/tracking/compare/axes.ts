import { formatMetric } from "../values";
import type { PlotAxis } from "@/components/patterns/parallel-types";
import { numberIn, type Row, valueOf } from "./numbers";

const maxCategories = 40;

/** The axis of a column over rows: numbers on a line (logarithmic when they span a hundredfold), else the words side by side. */
export const axisOf = (id: string, rows: readonly Row[]): PlotAxis => {
  const label = id.slice(id.indexOf(".") + 1);
  const given = rows.map((row) => valueOf(row, id)).filter((value) => value !== undefined);
  const numbers = given.map(numberIn).filter((value) => value !== undefined);
  const isNumeric = numbers.length > 0 && (id.startsWith("metrics.") || numbers.length === given.length);
  if (isNumeric) {
    const [low, high] = [numbers.reduce((a, b) => Math.min(a, b), Infinity), numbers.reduce((a, b) => Math.max(a, b), -Infinity)];
    const isLog = low > 0 && high / low >= 100 && !id.startsWith("metrics.");
    return { id, label, kind: "number", from: low, to: high, isLog };
  }
  const words = [...new Set(given.map(String))].sort(new Intl.Collator("en", { numeric: true }).compare).slice(0, maxCategories);
  return { id, label, kind: "words", words };
};

/** Where a row stands on an axis: its number, or the index of its word. */
export const positionOn = (axis: PlotAxis, row: Row): number | undefined => {
  const value = valueOf(row, axis.id);
  if (value === undefined) return undefined;
  if (axis.kind === "number") return numberIn(value);
  const index = axis.words.indexOf(String(value));
  return index === -1 ? undefined : index;
};

const plainWords = (value: number): string => (Math.abs(value) >= 1e6 || (Math.abs(value) < 1e-4 && value !== 0) ? formatMetric(value) : String(Number(value.toPrecision(4))).replace("-", "−"));

export const positionWords = (axis: PlotAxis, position: number): string => (axis.kind === "number" ? plainWords(position) : (axis.words[Math.round(position)] ?? ""));

/** Part of an axis that rows must lie in. */
export type Brushes = Readonly<Record<string, readonly [number, number]>>;

/** Reads `metrics.auc:0.8:0.9;params.depth:0:2` of the URL; the bounds stand last, since names may hold colons. */
export const parseBrushes = (text: string): Brushes =>
  Object.fromEntries(text.split(";").flatMap((part) => {
    const [, id = "", low = "", high = ""] = /^((?:metrics|params)\..+):([^:]+):([^:]+)$/.exec(part) ?? [];
    const [from, to] = [Number(low), Number(high)];
    return id !== "" && Number.isFinite(from) && Number.isFinite(to) && from <= to ? [[id, [from, to] as const]] : [];
  }));

export const formatBrushes = (brushes: Brushes): string => Object.entries(brushes).map(([id, [from, to]]) => `${id}:${Number(from.toPrecision(7))}:${Number(to.toPrecision(7))}`).join(";");

/** Whether a row lies inside every brush; what it doesn't hold lies outside. The bounds count, with the rounding of the URL. */
export const passes = (brushes: Brushes, axes: readonly PlotAxis[], row: Row): boolean =>
  axes.every((axis) => {
    const brush = brushes[axis.id];
    if (!brush) return true;
    const position = positionOn(axis, row);
    const slack = Math.max(Math.abs(brush[0]), Math.abs(brush[1])) * 1e-6;
    return position !== undefined && position >= brush[0] - slack && position <= brush[1] + slack;
  });
