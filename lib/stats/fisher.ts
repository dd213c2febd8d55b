import { logBinomialPmf } from "./beta";

/**
 * Fisher's exact test of a 2x2 table of counts, two-sided: the probability of all tables with these margins that are no more likely
 * than the observed one (relative slack 1e-7 against rounding). An empty margin gives 1.
 */
export const fisherExact = (table: readonly [readonly [number, number], readonly [number, number]]): number => {
  const [[a, b], [c, d]] = table;
  const row = a + b;
  const column = a + c;
  const total = row + c + d;
  const low = Math.max(0, row + column - total);
  const high = Math.min(row, column);
  if (low === high) return 1;
  const share = row / total;
  // Hypergeometric log density as a quotient of binomials (C. Loader, 2000): no cancelling factorials.
  const logDensity = (x: number): number =>
    logBinomialPmf(x, column, share) + logBinomialPmf(row - x, total - column, share) - logBinomialPmf(row, total, share);
  const limit = logDensity(a) + 1e-7;
  let p = 0;
  for (let x = low; x <= high; x++) {
    const value = logDensity(x);
    if (value <= limit) p += Math.exp(value);
  }
  return Math.min(1, p);
};
