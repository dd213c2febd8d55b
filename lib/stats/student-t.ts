import { betaTails, logBetaTails } from "./beta";
import { normalQuantile } from "./normal";
import { findRoot } from "./roots";

/** P(|T| >= |t|) for Student's t with df > 0 (real) degrees of freedom: I_{df/(df+t^2)}(df/2, 1/2). */
export const studentTwoSidedP = (t: number, df: number): number => {
  const square = t * t;
  if (square === 0) return 1;
  if (square === Infinity) return 0;
  return betaTails(df / (df + square), df / 2, 0.5, square / (df + square)).lower;
};

/** Returns t > 0 with P(|T| >= t) = p, for 0 < p < 1. */
export const studentTwoSidedQuantile = (p: number, df: number): number => {
  const gap = (logT: number): number => {
    const square = Math.exp(2 * logT);
    return Math.log(p) - logBetaTails(df / (df + square), df / 2, 0.5, square / (df + square)).logLower;
  };
  const start = Math.log(Math.max(1e-6, -normalQuantile(p / 2)));
  let low = start - 1;
  let high = start + 1;
  while (gap(low) > 0 && low > -300) low -= 5;
  while (gap(high) < 0 && high < 300) high += 5;
  return Math.exp(findRoot(gap, low, high));
};
