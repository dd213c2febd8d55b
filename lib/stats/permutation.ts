import { at } from "./arrays";
import { alignCounts } from "./counts";
import { createLcg, shuffleHead } from "./random";
import { type UndefinedReason } from "./result";

/**
 * Permutation p-value of the total variation distance between two vectors of whole counts: share of random relabellings of the rows
 * whose distance is at least the observed one (ties count). Monte Carlo with a fixed seed; error about sqrt(p(1-p)/permutations).
 */
export const totalVariationPermutation = (
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  permutations = 10_000,
  seed = 1,
): { p: number; tvd: number; status: "ok" } | { p: null; tvd: null; status: UndefinedReason } => {
  const counts = alignCounts(reference, current);
  if (!counts) return { p: null, tvd: null, status: "no_data" };
  const k = counts.reference.length;
  const columns = counts.reference.map((r, i) => r + at(counts.current, i));
  const labels = Uint32Array.from(columns.flatMap((column, i) => new Array<number>(column).fill(i)));
  const draw = Math.min(counts.referenceTotal, counts.currentTotal);
  const other = labels.length - draw;
  const distance = (drawn: ArrayLike<number>): number => {
    let total = 0;
    for (let i = 0; i < k; i++) total += Math.abs(at(drawn, i) / draw - (at(columns, i) - at(drawn, i)) / other);
    return total / 2;
  };
  const tvd = distance(counts.referenceTotal === draw ? counts.reference : counts.current);
  const random = createLcg(seed);
  const drawn = new Float64Array(k);
  let atLeast = 0;
  for (let round = 0; round < permutations; round++) {
    shuffleHead(labels, draw, random);
    drawn.fill(0);
    for (let i = 0; i < draw; i++) {
      const label = at(labels, i);
      drawn[label] = at(drawn, label) + 1;
    }
    if (distance(drawn) >= tvd - 1e-12) atLeast++;
  }
  return { p: atLeast / permutations, tvd, status: "ok" };
};
