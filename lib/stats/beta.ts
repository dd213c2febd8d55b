import { devianceTerm, stirlingError } from "./gamma";
import { findRoot } from "./roots";

/** ln of the binomial density C(n, x) p^x q^(n-x) continued to real x, by the saddle-point form (C. Loader, 2000); q is 1 - p. */
export const logBinomialPmf = (x: number, n: number, p: number, q: number = 1 - p): number => {
  if (x < 0 || x > n) return -Infinity;
  if (p === 0) return x === 0 ? 0 : -Infinity;
  if (q === 0) return x === n ? 0 : -Infinity;
  if (x === 0) return n === 0 ? 0 : p < 0.1 ? n * Math.log1p(-p) : n * Math.log(q);
  if (x === n) return q < 0.1 ? n * Math.log1p(-q) : n * Math.log(p);
  const correction = stirlingError(n) - stirlingError(x) - stirlingError(n - x) - devianceTerm(x, n * p) - devianceTerm(n - x, n * q);
  return correction - 0.5 * (Math.log(2 * Math.PI) + Math.log(x) + Math.log1p(-x / n));
};

/** ln(x^a y^b / Beta(a, b)) for x + y = 1. */
const logBetaPower = (x: number, y: number, a: number, b: number): number =>
  logBinomialPmf(a, a + b, x, y) + Math.log(a) + Math.log(b) - Math.log(a + b);

/** Continued fraction of the incomplete beta function by Lentz's method (NIST DLMF 8.17.22), good for x < (a+1)/(a+b+2). */
const betaFraction = (x: number, a: number, b: number): number => {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let fraction = d;
  for (let m = 1; m < 1e6; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + even / c;
    if (Math.abs(c) < tiny) c = tiny;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + odd / c;
    if (Math.abs(c) < tiny) c = tiny;
    const delta = d * c;
    fraction *= delta;
    if (Math.abs(delta - 1) < 2e-16) break;
  }
  return fraction;
};

/**
 * Logarithms of the regularised incomplete beta function I_x(a, b) and of its complement, for a, b > 0. `y` is 1 - x and may be given
 * when the caller knows it without rounding. Each tail keeps relative accuracy far below the smallest double.
 */
export const logBetaTails = (x: number, a: number, b: number, y: number = 1 - x): { logLower: number; logUpper: number } => {
  if (x <= 0) return { logLower: -Infinity, logUpper: 0 };
  if (y <= 0) return { logLower: 0, logUpper: -Infinity };
  const power = logBetaPower(x, y, a, b);
  if (x < (a + 1) / (a + b + 2)) {
    const logLower = Math.min(0, power + Math.log(betaFraction(x, a, b) / a));
    return { logLower, logUpper: Math.log1p(-Math.exp(logLower)) };
  }
  const logUpper = Math.min(0, power + Math.log(betaFraction(y, b, a) / b));
  return { logLower: Math.log1p(-Math.exp(logUpper)), logUpper };
};

/** Regularised incomplete beta function I_x(a, b) and its complement (NIST DLMF 8.17). */
export const betaTails = (x: number, a: number, b: number, y: number = 1 - x): { lower: number; upper: number } => {
  const { logLower, logUpper } = logBetaTails(x, a, b, y);
  return { lower: Math.exp(logLower), upper: Math.exp(logUpper) };
};

/** Returns x with I_x(a, b) = p, searched on the logit scale so that values near 0 and 1 keep their relative accuracy. */
export const betaQuantile = (p: number, a: number, b: number): number => {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const gap = (logit: number): number => {
    const x = 1 / (1 + Math.exp(-logit));
    const { logLower, logUpper } = logBetaTails(x, a, b, 1 / (1 + Math.exp(logit)));
    return p < 0.5 ? logLower - Math.log(p) : Math.log1p(-p) - logUpper;
  };
  return 1 / (1 + Math.exp(-findRoot(gap, -700, 700)));
};

/** P(X <= k) and P(X > k) for X binomial(n, p). */
export const binomialTails = (k: number, n: number, p: number): { lower: number; upper: number } => {
  if (k < 0) return { lower: 0, upper: 1 };
  if (k >= n) return { lower: 1, upper: 0 };
  const { lower, upper } = betaTails(p, Math.floor(k) + 1, n - Math.floor(k));
  return { lower: upper, upper: lower };
};
