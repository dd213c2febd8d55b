import type { LineStyle } from "./curve-types";

/** A vertical axis: numbers between two ends, or words side by side (their places are their indexes). */
export type PlotAxis =
  | { id: string; label: string; kind: "number"; from: number; to: number; isLog: boolean }
  | { id: string; label: string; kind: "words"; words: readonly string[] };

/** One row through all axes; undefined where it holds nothing. Without a style it is one of the many in grey. */
export type PlotRow = { key: string; name: string; style?: LineStyle | undefined; positions: readonly (number | undefined)[]; isOut: boolean };
