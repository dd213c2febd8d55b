import { betaQuantile } from "./beta";
import { normalQuantile, normalTwoSidedP, normalUpperQuantile } from "./normal";
import { requireOpenUnit, type UndefinedReason } from "./result";

export type Interval = { lower: number; upper: number; status: "ok" } | { lower: null; upper: null; status: UndefinedReason };

const noInterval: Interval = { lower: null, upper: null, status: "no_data" };

/**
 * Two-sided z test that two proportions x1/n1 and x2/n2 are equal, with pooled variance. z is that of the first minus the second;
 * zero pooled variance gives z 0 and p 1; an empty arm gives no_data.
 */
export const twoProportionZ = (
  x1: number,
  n1: number,
  x2: number,
  n2: number,
): { z: number; p: number; status: "ok" } | { z: null; p: null; status: UndefinedReason } => {
  if (n1 <= 0 || n2 <= 0) return { z: null, p: null, status: "no_data" };
  const pooled = (x1 + x2) / (n1 + n2);
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  if (variance <= 0) return { z: 0, p: 1, status: "ok" };
  const z = (x1 / n1 - x2 / n2) / Math.sqrt(variance);
  return { z, p: normalTwoSidedP(z), status: "ok" };
};

/** Wilson's score interval of a proportion at a two-sided confidence such as 0.95 (E. B. Wilson, JASA 22, 1927); no_data for n 0. */
export const wilsonInterval = (successes: number, n: number, confidence: number): Interval => {
  requireOpenUnit(confidence, "confidence");
  if (n <= 0) return noInterval;
  const z = normalUpperQuantile((1 - confidence) / 2);
  const centre = successes + (z * z) / 2;
  const half = z * Math.sqrt((successes * (n - successes)) / n + (z * z) / 4);
  const total = n + z * z;
  return {
    lower: successes === 0 ? 0 : Math.max(0, (centre - half) / total),
    upper: successes === n ? 1 : Math.min(1, (centre + half) / total),
    status: "ok",
  };
};

/** Wilson's interval with continuity correction (R. G. Newcombe, Statistics in Medicine 17, 1998, method 4). */
export const wilsonContinuityInterval = (successes: number, n: number, confidence: number): Interval => {
  requireOpenUnit(confidence, "confidence");
  if (n <= 0) return noInterval;
  const z = normalUpperQuantile((1 - confidence) / 2);
  const p = successes / n;
  const total = 2 * (n + z * z);
  const low = (2 * successes + z * z - 1 - z * Math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1))) / total;
  const high = (2 * successes + z * z + 1 + z * Math.sqrt(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1))) / total;
  return { lower: successes === 0 ? 0 : Math.max(0, low), upper: successes === n ? 1 : Math.min(1, high), status: "ok" };
};

/** Exact interval of a proportion (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934) by beta quantiles; no_data for n 0. */
export const clopperPearsonInterval = (successes: number, n: number, confidence: number): Interval => {
  requireOpenUnit(confidence, "confidence");
  if (n <= 0) return noInterval;
  const tail = (1 - confidence) / 2;
  return {
    lower: successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    upper: successes === n ? 1 : 1 - betaQuantile(tail, n - successes, successes + 1),
    status: "ok",
  };
};

export type NonInferiority =
  | { difference: number; se: number; lower: number; upper: number; verdict: "pass" | "fail" | "undecided"; status: "ok" }
  | { difference: null; se: null; lower: null; upper: null; verdict: "undecided"; status: UndefinedReason };

/**
 * One-sided z bounds at level alpha of the rate difference treatment - control, unpooled variance, against a margin > 0: pass when the
 * upper bound is below it, fail when the lower bound is above it. Fixed sample size: for a look at any time use the sequences.
 */
export const nonInferiority = (
  control: { events: number; n: number },
  treatment: { events: number; n: number },
  margin: number,
  alpha: number,
): NonInferiority => {
  requireOpenUnit(alpha, "alpha");
  if (control.n <= 0 || treatment.n <= 0) return { difference: null, se: null, lower: null, upper: null, verdict: "undecided", status: "no_data" };
  const pc = control.events / control.n;
  const pt = treatment.events / treatment.n;
  const difference = pt - pc;
  const se = Math.sqrt((pc * (1 - pc)) / control.n + (pt * (1 - pt)) / treatment.n);
  const z = -normalQuantile(alpha);
  const lower = difference - z * se;
  const upper = difference + z * se;
  return { difference, se, lower, upper, verdict: upper < margin ? "pass" : lower > margin ? "fail" : "undecided", status: "ok" };
};
