import { gammaTails } from "./gamma";
import { normalQuantile } from "./normal";
import { findRoot } from "./roots";

/** Upper tail P(X >= x) of the chi-square law with df > 0 degrees of freedom; 1 for df 0 (a statistic with nothing to vary). */
export const chiSquareSf = (x: number, df: number): number => (df <= 0 || x <= 0 ? 1 : gammaTails(df / 2, x / 2).upper);

/** Returns x whose upper tail is `upper` (0 < upper < 1) for df > 0, by root finding from Wilson and Hilferty's start. */
export const chiSquareUpperQuantile = (upper: number, df: number): number => {
  const z = -normalQuantile(upper);
  const start = Math.max(1e-8, df * (1 - 2 / (9 * df) + z * Math.sqrt(2 / (9 * df))) ** 3);
  const gap = (logX: number): number => {
    const tails = gammaTails(df / 2, Math.exp(logX) / 2);
    return upper < 0.5 ? Math.log(upper) - Math.log(Math.max(tails.upper, Number.MIN_VALUE)) : Math.log(Math.max(tails.lower, Number.MIN_VALUE)) - Math.log1p(-upper);
  };
  let low = Math.log(start) - 1;
  let high = Math.log(start) + 1;
  while (gap(low) > 0 && low > -700) low -= 5;
  while (gap(high) < 0 && high < 20) high += 1;
  return Math.exp(findRoot(gap, low, high));
};
