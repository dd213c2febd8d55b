import { at, sum } from "./arrays";
import { betaTails } from "./beta";
import { chiSquareSf } from "./chi-square";
import { requireSameLength, type UndefinedReason } from "./result";

/**
 * McNemar's test on discordant pairs: b = stable right and candidate wrong, c = the other way. Chi-square without and with Edwards'
 * continuity correction, and the exact two-sided binomial p. No discordant pair gives p 1. Q. McNemar, Psychometrika 12, 1947.
 */
export const mcnemarTest = (b: number, c: number): { statistic: number; p: number; statisticContinuity: number; pContinuity: number; pExact: number } => {
  const n = b + c;
  if (n === 0) return { statistic: 0, p: 1, statisticContinuity: 0, pContinuity: 1, pExact: 1 };
  const statistic = (b - c) ** 2 / n;
  const statisticContinuity = Math.max(0, Math.abs(b - c) - 1) ** 2 / n;
  const few = Math.min(b, c);
  return {
    statistic,
    p: chiSquareSf(statistic, 1),
    statisticContinuity,
    pContinuity: chiSquareSf(statisticContinuity, 1),
    pExact: few * 2 === n ? 1 : Math.min(1, 2 * betaTails(0.5, n - few, few + 1).lower),
  };
};

export type Agreement =
  | { agreement: number; kappa: number | null; n: number; status: "ok" }
  | { agreement: null; kappa: null; n: number; status: UndefinedReason };

/**
 * Agreement rate and Cohen's kappa of a square table of counts (rows: stable, columns: candidate). kappa is null when chance agreement
 * is 1, that is when both always give one same answer. J. Cohen, 1960.
 */
export const agreementOf = (matrix: readonly (readonly number[])[]): Agreement => {
  const rows = matrix.map((row) => sum(row));
  const n = sum(rows);
  if (n === 0) return { agreement: null, kappa: null, n, status: "no_data" };
  let same = 0;
  let chance = 0;
  matrix.forEach((row, i) => {
    requireSameLength(row, matrix, "rows and columns of the table");
    same += at(row, i);
    chance += at(rows, i) * sum(matrix.map((other) => at(other, i)));
  });
  const observed = same / n;
  const expected = chance / (n * n);
  return { agreement: observed, kappa: expected === 1 ? null : (observed - expected) / (1 - expected), n, status: "ok" };
};
