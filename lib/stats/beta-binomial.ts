import { logBetaTails } from "./beta";
import { logBeta } from "./gamma";
import { findRoot } from "./roots";
import { requireOpenUnit, type UndefinedReason } from "./result";

export type Prior = { a: number; b: number };

const uniform: Prior = { a: 1, b: 1 };

/**
 * ln of the e-value against "success probability = p0" after k successes in n: B(a+k, b+n-k) / B(a, b) / (p0^k (1-p0)^(n-k)). Valid at
 * any n and any look; reject at E >= 1/alpha (Ville's inequality). Source: Beta mixture of H. Robbins (1970).
 */
export const logBetaBinomialE = (k: number, n: number, p0: number, prior: Prior = uniform): number => {
  const ratio = logBeta(prior.a + k, prior.b + n - k) - logBeta(prior.a, prior.b);
  return ratio - (k === 0 ? 0 : k * Math.log(p0)) - (k === n ? 0 : (n - k) * Math.log1p(-p0));
};

/**
 * The one-sided e-value: the prior truncated to p > p0 (`harmful` above) or p < p0 (below), so that it speaks against "p <= p0" or
 * "p >= p0": the two-sided one times posterior mass over prior mass of that side.
 */
export const logOneSidedBetaBinomialE = (k: number, n: number, p0: number, harmful: "above" | "below", prior: Prior = uniform): number => {
  const before = logBetaTails(p0, prior.a, prior.b);
  const after = logBetaTails(p0, prior.a + k, prior.b + n - k);
  const mass = harmful === "above" ? after.logUpper - before.logUpper : after.logLower - before.logLower;
  return logBetaBinomialE(k, n, p0, prior) + mass;
};

export type ProportionSequence =
  | { estimate: number; lower: number; upper: number; n: number; method: "beta_binomial"; status: "ok" }
  | { estimate: null; lower: null; upper: null; n: number; method: "beta_binomial"; status: UndefinedReason };

/** Solves logE(p) = limit on one side of the estimate k/n, on the logit scale, from a bracket that a normal likelihood would suggest. */
const crossing = (logE: (p: number) => number, limit: number, k: number, n: number, side: "lower" | "upper"): number => {
  const p = (logit: number): number => 1 / (1 + Math.exp(-logit));
  const gap = (logit: number): number => logE(p(logit)) - limit;
  const direction = side === "lower" ? -1 : 1;
  const centre = Math.log(Math.max(k, 1e-9)) - Math.log(Math.max(n - k, 1e-9));
  let step = 1.2 * Math.sqrt((2 * limit + Math.log(n + 1)) / Math.max((k * (n - k)) / n, 0.5));
  // Within these ends both p and 1 - p are above 0 in double precision, so the gap stays finite.
  const inside = (logit: number): number => Math.max(-700, Math.min(36, logit));
  let far = inside(centre + direction * step);
  while (gap(far) < 0 && far > -700 && far < 36) far = inside(far + direction * (step *= 2));
  return p(findRoot(gap, far, centre));
};

/**
 * Exact two-sided confidence sequence of a proportion, valid at every n at once: all p whose beta-binomial e-value is below 1/alpha.
 * Without data there is no interval (no_data).
 */
export const agreementSequence = (k: number, n: number, alpha: number, prior: Prior = uniform): ProportionSequence => {
  requireOpenUnit(alpha, "alpha");
  if (n <= 0) return { estimate: null, lower: null, upper: null, n, method: "beta_binomial", status: "no_data" };
  const estimate = k / n;
  const limit = -Math.log(alpha);
  // Only the likelihood depends on p; the costly Beta functions are computed once.
  const evidence = logBeta(prior.a + k, prior.b + n - k) - logBeta(prior.a, prior.b);
  const logE = (p: number): number => evidence - k * Math.log(p) - (n - k) * Math.log1p(-p);
  return {
    estimate,
    lower: k === 0 ? 0 : k === n ? Math.exp((evidence - limit) / n) : crossing(logE, limit, k, n, "lower"),
    upper: k === n ? 1 : k === 0 ? -Math.expm1((evidence - limit) / n) : crossing(logE, limit, k, n, "upper"),
    n,
    method: "beta_binomial",
    status: "ok",
  };
};

/**
 * Exact one-sided lower confidence sequence of a proportion: at every look, the p that are too small are refused by the one-sided
 * e-value at level alpha. null without data.
 */
export const proportionLowerBound = (k: number, n: number, alpha: number, prior: Prior = uniform): number | null => {
  requireOpenUnit(alpha, "alpha");
  if (n <= 0) return null;
  return k === 0 ? 0 : crossing((p) => logOneSidedBetaBinomialE(k, n, p, "above", prior), -Math.log(alpha), k, n, "lower");
};

/** Exact one-sided upper confidence sequence of a proportion at level alpha; null without data. */
export const proportionUpperBound = (k: number, n: number, alpha: number, prior: Prior = uniform): number | null => {
  requireOpenUnit(alpha, "alpha");
  if (n <= 0) return null;
  return k === n ? 1 : crossing((p) => logOneSidedBetaBinomialE(k, n, p, "below", prior), -Math.log(alpha), k, n, "upper");
};
