import { at } from "./arrays";
import { jensenShannonBits } from "./divergence";
import { type Measure } from "./result";

/** A histogram: `edges` increase, counts[i] rows lie between edges[i] and edges[i + 1]. */
export type Histogram = { edges: readonly number[]; counts: readonly number[] };

/** Re-cuts a histogram on finer edges: mass is uniform inside a bucket, none outside of its own range. */
export const rebucket = (histogram: Histogram, edges: readonly number[]): number[] => {
  const counts = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  histogram.counts.forEach((count, i) => {
    const low = at(histogram.edges, i);
    const high = at(histogram.edges, i + 1);
    counts.forEach((have, j) => {
      const overlap = Math.min(high, at(edges, j + 1)) - Math.max(low, at(edges, j));
      if (overlap > 0) counts[j] = have + (count * overlap) / (high - low);
    });
  });
  return counts;
};

/** Jensen-Shannon divergence in bits of two histograms with different edges, re-cut on the union of edges (TFDV anomalies/metrics.cc). */
export const jensenShannonBitsOfHistograms = (reference: Histogram, current: Histogram): Measure => {
  const edges = [...new Set([...reference.edges, ...current.edges])].sort((a, b) => a - b);
  return jensenShannonBits(rebucket(reference, edges), rebucket(current, edges));
};
