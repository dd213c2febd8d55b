import { niceTicks } from "./chart-scale";

export type Span = { from: number; to: number };
export type Scale = { span: Span; isLog: boolean; toPx: (value: number) => number; toValue: (px: number) => number };

/** Maps values to pixels; `px` may run downwards. A logarithmic scale has no place for values of 0 and below: they come out as NaN. */
export const makeScale = (span: Span, px: Span, isLog = false): Scale => {
  const read = isLog ? Math.log10 : (value: number) => value;
  const [low, high] = [read(span.from), read(span.to)];
  // Halves, because the width of the widest doubles is infinite.
  const width = high / 2 - low / 2 || 1;
  return {
    span,
    isLog,
    toPx: (value) => (isLog && value <= 0 ? NaN : px.from + ((read(value) / 2 - low / 2) / width) * (px.to - px.from)),
    toValue: (at) => {
      const value = low + ((at - px.from) / (px.to - px.from)) * 2 * width;
      return isLog ? 10 ** value : value;
    },
  };
};

/** Round places for words on an axis; on a logarithmic one powers of ten, or parts of one when there are few. */
export const ticksOf = ({ span, isLog }: Pick<Scale, "span" | "isLog">, count = 4): number[] => {
  if (!isLog) return niceTicks(span.from, span.to, count * 1.5).filter((tick) => tick >= span.from && tick <= span.to);
  const [low, high] = [Math.floor(Math.log10(span.from)), Math.ceil(Math.log10(span.to))];
  const parts = high - low <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((high - low) / (count * 2)));
  const ticks: number[] = [];
  for (let power = low; power <= high; power += every) for (const part of parts) ticks.push(part * 10 ** power);
  return ticks.filter((tick) => tick >= span.from && tick <= span.to);
};

/** What the value axis spans: all values with a little air, never of no height. Undefined when nothing can be drawn. */
export const valueSpan = (values: Iterable<number>, isLog: boolean): Span | undefined => {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return undefined;
  if (isLog) return low === high ? { from: low / 2, to: high * 2 } : { from: low / (high / low) ** 0.04, to: high * (high / low) ** 0.04 };
  const air = (high / 2 - low / 2) * 0.08 || Math.abs(high) * 0.05 || 0.5;
  return { from: Math.max(-Number.MAX_VALUE, low - air), to: Math.min(Number.MAX_VALUE, high + air) };
};

export type Curve = { x: readonly number[]; y: readonly number[] };

const round = (px: number): string => String(Math.round(px * 10) / 10);

type Point = { x: number; y: number };

/**
 * An SVG path through the points; it breaks where a place in `gaps` (sorted) lies between two of them, and where a value can't be drawn.
 * `lone` are the points that a path doesn't show, because it breaks before and behind them.
 */
export const drawCurve = ({ x, y }: Curve, across: Scale, up: Scale, gaps: readonly number[] = []): { path: string; lone: Point[] } => {
  let path = "";
  const lone: Point[] = [];
  let before: { point: Point; isJoined: boolean } | undefined;
  let gap = 0;
  const close = (): void => {
    if (before && !before.isJoined) lone.push(before.point);
    before = undefined;
  };
  for (let at = 0; at < x.length; at += 1) {
    const [placeX = NaN, value = NaN] = [x[at], y[at]];
    let isBroken = false;
    for (; gap < gaps.length && (gaps[gap] ?? Infinity) < placeX; gap += 1) isBroken = true;
    const [px, py] = [across.toPx(placeX), up.toPx(value)];
    const isDrawn = Number.isFinite(px) && Number.isFinite(py);
    if (isBroken || !isDrawn) close();
    if (!isDrawn) continue;
    path += `${before ? "L" : "M"}${round(px)} ${round(py)}`;
    before = { point: { x: px, y: py }, isJoined: before !== undefined };
  }
  close();
  return { path, lone };
};

/** Index of the place nearest to `wanted` among sorted places; -1 of none. */
export const nearestIndex = (places: readonly number[], wanted: number): number => {
  if (places.length === 0) return -1;
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [places[low - 1], places[low] ?? Infinity];
  return before !== undefined && wanted - before <= Math.abs(after - wanted) ? low - 1 : low;
};

/** Moves labels apart, so that each has `heightPx` for itself inside [top, bottom]; keeps their order and moves as little as it can from the top. */
export const spreadLabels = (wantedPx: readonly number[], heightPx: number, top: number, bottom: number): number[] => {
  const order = wantedPx.map((px, index) => ({ px: Math.min(bottom, Math.max(top, px)), index })).sort((a, b) => a.px - b.px || a.index - b.index);
  let floor = top;
  for (const label of order) {
    label.px = Math.max(label.px, floor);
    floor = label.px + heightPx;
  }
  let ceiling = bottom;
  for (const label of order.toReversed()) {
    label.px = Math.min(label.px, ceiling);
    ceiling = label.px - heightPx;
  }
  const placed = wantedPx.map(() => 0);
  for (const { px, index } of order) placed[index] = px;
  return placed;
};

/** A zoom of at least a thousandth of what can be seen, in order and inside `whole`; undefined when that is everything. */
export const zoomTo = (a: number, b: number, whole: Span): Span | undefined => {
  const [from, to] = [Math.max(whole.from, Math.min(a, b)), Math.min(whole.to, Math.max(a, b))];
  const width = whole.to - whole.from;
  if (!(to - from > width / 1e6) || (from <= whole.from && to >= whole.to)) return undefined;
  return { from, to };
};
