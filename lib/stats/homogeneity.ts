import { at } from "./arrays";
import { chiSquareSf } from "./chi-square";
import { alignCounts } from "./counts";
import { fisherExact } from "./fisher";
import { untested, type TestResult, type UndefinedReason } from "./result";

/** sum over both rows of the 2 x k table of (deviation)^2 / expected, with an optional continuity correction of the deviation. */
const tableStatistic = (counts: { reference: number[]; current: number[]; referenceTotal: number; currentTotal: number }, correction: number): number => {
  const total = counts.referenceTotal + counts.currentTotal;
  let statistic = 0;
  counts.reference.forEach((r, i) => {
    const column = r + at(counts.current, i);
    for (const [observed, row] of [[r, counts.referenceTotal], [at(counts.current, i), counts.currentTotal]] as const) {
      const expected = (row * column) / total;
      const deviation = Math.abs(observed - expected);
      statistic += (deviation - Math.min(correction, deviation)) ** 2 / expected;
    }
  });
  return statistic;
};

/**
 * Chi-square test that two count vectors come from one distribution (Pearson, 2 x k table, no continuity correction): the canonical
 * drift test, since it counts the sampling error of the reference too. Columns empty on both sides are removed; a single column
 * gives statistic 0, df 0, p 1; an empty side gives no_data.
 */
export const chiSquareHomogeneity = (reference: ArrayLike<number>, current: ArrayLike<number>): TestResult => {
  const counts = alignCounts(reference, current);
  if (!counts) return untested("no_data");
  const df = counts.reference.length - 1;
  if (df === 0) return { statistic: 0, df: 0, p: 1, status: "ok" };
  const statistic = tableStatistic(counts, 0);
  return { statistic, df, p: chiSquareSf(statistic, df), status: "ok" };
};

export type TwoByTwo =
  | { statistic: number; df: number; p: number; statisticYates: number; pYates: number; pFisherExact: number; status: "ok" }
  | { statistic: null; df: null; p: null; statisticYates: null; pYates: null; pFisherExact: null; status: UndefinedReason };

/** The homogeneity test of a 2 x 2 table beside Yates' corrected one and Fisher's exact p, each named. */
export const twoByTwoTests = (reference: readonly [number, number], current: readonly [number, number]): TwoByTwo => {
  const pearson = chiSquareHomogeneity(reference, current);
  const counts = alignCounts(reference, current);
  if (pearson.status !== "ok" || !counts) return { statistic: null, df: null, p: null, statisticYates: null, pYates: null, pFisherExact: null, status: "no_data" };
  const statisticYates = pearson.df === 0 ? 0 : tableStatistic(counts, 0.5);
  return { ...pearson, statisticYates, pYates: chiSquareSf(statisticYates, pearson.df), pFisherExact: fisherExact([reference, current]) };
};

/**
 * Compatibility only: goodness of fit of the current counts to the reference shares (Evidently, whylogs). It takes the reference as
 * exact, so its p is too small; a value unknown to the reference gives statistic Infinity and p 0.
 */
export const chiSquareGoodnessOfFit = (reference: ArrayLike<number>, current: ArrayLike<number>): TestResult => {
  const counts = alignCounts(reference, current);
  if (!counts) return untested("no_data");
  let statistic = 0;
  counts.reference.forEach((r, i) => {
    const expected = (r * counts.currentTotal) / counts.referenceTotal;
    statistic += expected === 0 ? Infinity : (at(counts.current, i) - expected) ** 2 / expected;
  });
  const df = counts.reference.length - 1;
  return { statistic, df, p: chiSquareSf(statistic, df), status: "ok" };
};

/** Compatibility only: likelihood-ratio (G) test of the same hypothesis, 2 sum c ln(c / e) with 0 ln 0 = 0. */
export const gTest = (reference: ArrayLike<number>, current: ArrayLike<number>): TestResult => {
  const counts = alignCounts(reference, current);
  if (!counts) return untested("no_data");
  let total = 0;
  counts.reference.forEach((r, i) => {
    const c = at(counts.current, i);
    if (c > 0) total += c * Math.log((c * counts.referenceTotal) / (r * counts.currentTotal));
  });
  const statistic = Math.max(0, 2 * total);
  const df = counts.reference.length - 1;
  return { statistic, df, p: chiSquareSf(statistic, df), status: "ok" };
};
