import { makeScale } from "./curve-scale";
import type { PlotAxis } from "./parallel-types";

/** `shift` moves a place by so many fiftieths of the axis, or by so many words. */
export type AxisScale = { toPx: (position: number) => number; toPosition: (px: number) => number; shift: (position: number, steps: number) => number; low: number; high: number };

/** Places of an axis between `bottom` and `top`; an axis of one place has it in the middle. */
export const axisScale = (axis: PlotAxis, top: number, bottom: number): AxisScale => {
  const [low, high] = axis.kind === "number" ? [axis.from, axis.to] : [0, Math.max(0, axis.words.length - 1)];
  if (!(high > low)) return { toPx: () => (top + bottom) / 2, toPosition: () => low, shift: () => low, low, high };
  const { toPx, toValue } = makeScale({ from: low, to: high }, { from: bottom, to: top }, axis.kind === "number" && axis.isLog);
  const clamp = (value: number): number => Math.min(high, Math.max(low, value));
  return {
    toPx,
    toPosition: (px) => clamp(axis.kind === "words" ? Math.round(toValue(px)) : toValue(px)),
    shift: (position, steps) => clamp(axis.kind === "words" ? position + steps : toValue(toPx(position) + (steps * (top - bottom)) / 50)),
    low,
    high,
  };
};

const round = (px: number): number => Math.round(px * 10) / 10;

/** A smooth way through the axes; what a row doesn't hold stands at `missingPx`, below them. */
export const rowPath = (columns: readonly number[], heights: readonly number[]): string =>
  columns.map((x, index) => {
    const y = round(heights[index] ?? 0);
    if (index === 0) return `M${round(x)} ${y}`;
    const [beforeX = 0, beforeY = 0] = [columns[index - 1], heights[index - 1]];
    const middle = round((x + beforeX) / 2);
    return `C${middle} ${round(beforeY)} ${middle} ${y} ${round(x)} ${y}`;
  }).join("");

/** A brush from where the drag began to where it is, in places of the axis; undefined when it covers everything or nothing. */
export const brushOf = ({ toPosition, low, high }: AxisScale, fromPx: number, toPx: number): readonly [number, number] | undefined => {
  const [a, b] = [toPosition(fromPx), toPosition(toPx)].sort((left, right) => left - right);
  if (a === undefined || b === undefined || Math.abs(fromPx - toPx) < 4 || (a <= low && b >= high)) return undefined;
  return [a, b];
};

/** Moves one bound of a brush by keys; the bounds never cross. */
export const nudge = ({ low, high, shift }: AxisScale, brush: readonly [number, number] | undefined, bound: "low" | "high", steps: number): readonly [number, number] | undefined => {
  const [from, to] = brush ?? [low, high];
  const next: readonly [number, number] = bound === "low" ? [Math.min(to, shift(from, steps)), to] : [from, Math.max(from, shift(to, steps))];
  return next[0] <= low && next[1] >= high ? undefined : next;
};
