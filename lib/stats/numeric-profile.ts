import { at, countBelow, nextUp } from "./arrays";
import { countInBins, quantileEdges } from "./bins";
import { emptyMoments, mergeMoments, momentsOf, type Moments } from "./moments";

/** Bin i holds edges[i-1] <= v < edges[i]; the first and the last are open-ended. `points` have a bin [v, nextUp(v)) of their own. */
export type NumericSpec = { kind: "numeric"; edges: number[]; points: number[]; min: number | null; max: number | null };

/** Rows by bin, beside them what no bin can hold; below and above range are also in the outer bins. */
export type NumericCounts = {
  kind: "numeric";
  rows: number;
  bins: number[];
  nullCount: number;
  nanCount: number;
  positiveInfinityCount: number;
  negativeInfinityCount: number;
  /** Rows that are no number at all. */
  mismatchCount: number;
  belowRangeCount: number;
  aboveRangeCount: number;
  /** Moments of the finite values. */
  moments: Moments;
};

type Sieve = { finite: Float64Array; length: number; nulls: number; nans: number; highs: number; lows: number; mismatches: number };

/** Separates finite numbers from everything else in one pass. */
const sieve = (values: ArrayLike<unknown>): Sieve => {
  const result: Sieve = { finite: new Float64Array(values.length), length: 0, nulls: 0, nans: 0, highs: 0, lows: 0, mismatches: 0 };
  const { finite } = result;
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "number") {
      // The difference is 0 exactly for finite numbers.
      if (value - value === 0) finite[length++] = value;
      else if (value !== value) result.nans++;
      else if (value > 0) result.highs++;
      else result.lows++;
    } else if (value === null || value === undefined) result.nulls++;
    else result.mismatches++;
  }
  result.length = length;
  return result;
};

/** Values that hold at least `share` of an increasing list, and the other values. */
const splitHeavy = (sorted: Float64Array, share: number): { points: number[]; rest: Float64Array } => {
  const points: number[] = [];
  const rest = new Float64Array(sorted.length);
  let kept = 0;
  for (let start = 0; start < sorted.length; ) {
    const value = at(sorted, start);
    const end = countBelow(sorted, value, "right");
    if (end - start >= Math.max(2, share * sorted.length)) points.push(value === 0 ? 0 : value);
    else for (let i = start; i < end; i++) rest[kept++] = value;
    start = end;
  }
  return { points, rest: rest.subarray(0, kept) };
};

/** Drops edges so that no bin is empty in the reference: an empty reference bin would dominate every distance. */
const mergeEmptyBins = (sorted: Float64Array, edges: readonly number[]): number[] => {
  const kept: number[] = [];
  let below = 0;
  for (const edge of edges) {
    const seen = countBelow(sorted, edge, "left");
    if (seen > below && seen < sorted.length) {
      kept.push(edge);
      below = seen;
    }
  }
  return kept;
};

/** Pins quantile bins; the rest beside heavy points gets as many as its share of rows calls for, so that all bins are about equal. */
export const specifyBins = (values: ArrayLike<unknown>, bins: number, pointShare: number): NumericSpec => {
  const { finite, length } = sieve(values);
  const sorted = finite.subarray(0, length).sort();
  if (length === 0) return { kind: "numeric", edges: [], points: [], min: null, max: null };
  const { points, rest } = splitHeavy(sorted, pointShare);
  const restEdges = quantileEdges(rest, Math.max(1, Math.round((bins * rest.length) / length)));
  const all = [...new Set([...restEdges, ...points, ...points.map(nextUp)])].sort((a, b) => a - b);
  return { kind: "numeric", edges: mergeEmptyBins(sorted, all), points, min: at(sorted, 0), max: at(sorted, length - 1) };
};

const gridCells = 1024;

/**
 * Counts by a grid over the edges: each cell knows how many edges surely lie below its values, the few edges inside are compared one by
 * one. Cells come from one monotone expression for edges and values alike, so the bins equal those of a binary search exactly.
 */
const countByGrid = (values: Float64Array, edges: readonly number[]): number[] => {
  const low = at(edges, 0);
  const high = at(edges, edges.length - 1);
  const scale = (gridCells - 1) / (high - low);
  const starts = new Int32Array(gridCells);
  for (let i = 0; i < edges.length; i++) {
    for (let cell = Math.floor((at(edges, i) - low) * scale) + 1; cell < gridCells; cell++) starts[cell] = i + 1;
  }
  const bounds = Float64Array.from([...edges, Infinity]);
  const counts = new Float64Array(edges.length + 1);
  // Plain indexing: a helper shared by many array types would be slow here.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    let bin = 0;
    if (value >= high) bin = edges.length;
    else if (value >= low) {
      bin = starts[((value - low) * scale) | 0] ?? 0;
      while ((bounds[bin] ?? Infinity) <= value) bin++;
    }
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from(counts);
};

const countBins = (values: Float64Array, edges: readonly number[]): number[] => {
  const scale = (gridCells - 1) / (at(edges, edges.length - 1) - at(edges, 0));
  return values.length >= 2000 && edges.length >= 2 && scale > 0 && scale < Infinity ? countByGrid(values, edges) : countInBins(values, edges);
};

export const emptyNumericCounts = (spec: NumericSpec): NumericCounts => ({
  kind: "numeric",
  rows: 0,
  bins: new Array<number>(spec.edges.length + 1).fill(0),
  nullCount: 0,
  nanCount: 0,
  positiveInfinityCount: 0,
  negativeInfinityCount: 0,
  mismatchCount: 0,
  belowRangeCount: 0,
  aboveRangeCount: 0,
  moments: emptyMoments(),
});

export const countNumbers = (spec: NumericSpec, values: ArrayLike<unknown>): NumericCounts => {
  const { finite, length, nulls, nans, highs, lows, mismatches } = sieve(values);
  const numbers = finite.subarray(0, length);
  const min = spec.min ?? -Infinity;
  const max = spec.max ?? Infinity;
  let belowRangeCount = 0;
  let aboveRangeCount = 0;
  for (let i = 0; i < length; i++) {
    const value = numbers[i] ?? 0;
    if (value < min) belowRangeCount++;
    else if (value > max) aboveRangeCount++;
  }
  return {
    kind: "numeric",
    rows: values.length,
    bins: countBins(numbers, spec.edges),
    nullCount: nulls,
    nanCount: nans,
    positiveInfinityCount: highs,
    negativeInfinityCount: lows,
    mismatchCount: mismatches,
    belowRangeCount,
    aboveRangeCount,
    moments: momentsOf(numbers),
  };
};

export const mergeNumericCounts = (a: NumericCounts, b: NumericCounts): NumericCounts => ({
  kind: "numeric",
  rows: a.rows + b.rows,
  bins: a.bins.map((count, i) => count + at(b.bins, i)),
  nullCount: a.nullCount + b.nullCount,
  nanCount: a.nanCount + b.nanCount,
  positiveInfinityCount: a.positiveInfinityCount + b.positiveInfinityCount,
  negativeInfinityCount: a.negativeInfinityCount + b.negativeInfinityCount,
  mismatchCount: a.mismatchCount + b.mismatchCount,
  belowRangeCount: a.belowRangeCount + b.belowRangeCount,
  aboveRangeCount: a.aboveRangeCount + b.aboveRangeCount,
  moments: mergeMoments(a.moments, b.moments),
});
