import { armDifference, armMoments, type Arm, type Effect } from "./arms";
import { requireOpenUnit, type UndefinedReason } from "./result";

/** Tuning of the two-sided sequence: the n at which it is tightest is about `tuningN` (I. Waudby-Smith et al., arXiv 2103.06476, appendix). */
export const sequenceRho = (alpha: number, tuningN: number): number => Math.sqrt((-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tuningN);

/** Tuning of the one-sided sequence: the two-sided one at 2 alpha. */
export const oneSidedSequenceRho = (alpha: number, tuningN: number): number => sequenceRho(2 * alpha, tuningN);

/**
 * Half width of the two-sided asymptotic confidence sequence: valid at every n at once, so at every look. `se` is the standard error of
 * the estimate and n the sample size that it comes from. Source: arXiv 2103.06476, theorem 2.2, as GrowthBook's engine states it.
 */
export const sequenceHalfWidth = (se: number, n: number, alpha: number, rho: number): number => {
  const t = n * rho * rho + 1;
  return se * Math.sqrt(n) * Math.sqrt(((2 * t) / (n * rho) ** 2) * Math.log(Math.sqrt(t) / alpha));
};

/** Half width of the one-sided asymptotic confidence sequence (lower or upper bound) at level alpha; rho from oneSidedSequenceRho. */
export const oneSidedSequenceHalfWidth = (se: number, n: number, alpha: number, rho: number): number => {
  const t = n * rho * rho + 1;
  return se * Math.sqrt(n) * Math.sqrt(((2 * t) / (n * rho) ** 2) * Math.log1p(Math.sqrt(t) / (2 * alpha)));
};

/** Anytime-valid two-sided p-value of "no effect", min(1, sqrt(t) exp(-rho^2 S / 2t)) with S = estimate^2 n / se^2. */
export const sequenceP = (estimate: number, se: number, n: number, rho: number): number => {
  const t = n * rho * rho + 1;
  const statistic = ((estimate * estimate) / (se * se)) * n;
  return Math.min(1, Math.exp(0.5 * Math.log(t) - (rho * rho * statistic) / (2 * t)));
};

/** Anytime-valid one-sided p-value of "the effect is not above 0"; call it with -estimate for "not below 0". */
export const oneSidedSequenceP = (estimate: number, se: number, n: number, rho: number): number => {
  if (estimate <= 0) return 1;
  const t = n * rho * rho + 1;
  const exponent = ((estimate * estimate) / (se * se) / n) * ((n * rho) ** 2 / (2 * t));
  // ln of sqrt(t) / (2 (e^x - 1)), written so that neither a large nor a small x loses digits.
  const logP = 0.5 * Math.log(t) - Math.LN2 - (exponent > 30 ? exponent + Math.log1p(-Math.exp(-exponent)) : Math.log(Math.expm1(exponent)));
  return Math.min(1, Math.exp(logP));
};

type NoSequence = { estimate: null; se: null; status: UndefinedReason };

const estimateOf = (control: Arm, treatment: Arm, effect: Effect): { estimate: number; se: number; status: "ok" } | NoSequence => {
  const c = armMoments(control);
  const t = armMoments(treatment);
  if (!c || !t) return { estimate: null, se: null, status: control.n <= 0 || treatment.n <= 0 ? "no_data" : "insufficient" };
  const difference = armDifference(c, t, effect);
  return difference && difference.se > 0 ? { ...difference, status: "ok" } : { estimate: null, se: null, status: "constant" };
};

export type TwoSidedSequence =
  | { estimate: number; se: number; n: number; rho: number; halfWidth: number; lower: number; upper: number; p: number; status: "ok" }
  | { estimate: null; se: null; n: number; rho: number; halfWidth: null; lower: null; upper: null; p: null; status: UndefinedReason };

/**
 * Two-sided asymptotic confidence sequence of treatment - control (absolute, or relative to the control mean); n is the total of both
 * arms. Asymptotic: demand at least 100 per arm before reading it. Variances are the plain ones; a verdict uses the regularised
 * sequences of difference-sequence instead.
 */
export const twoSidedSequence = (control: Arm, treatment: Arm, effect: Effect, alpha: number, tuningN: number): TwoSidedSequence => {
  requireOpenUnit(alpha, "alpha");
  const n = control.n + treatment.n;
  const rho = sequenceRho(alpha, tuningN);
  const difference = estimateOf(control, treatment, effect);
  if (difference.status !== "ok") return { ...difference, n, rho, halfWidth: null, lower: null, upper: null, p: null };
  const { estimate, se } = difference;
  const halfWidth = sequenceHalfWidth(se, n, alpha, rho);
  return { estimate, se, n, rho, halfWidth, lower: estimate - halfWidth, upper: estimate + halfWidth, p: sequenceP(estimate, se, n, rho), status: "ok" };
};

export type OneSidedSequence =
  | { estimate: number; se: number; n: number; rho: number; halfWidth: number; lowerBound: number; upperBound: number; pGreater: number; pLesser: number; status: "ok" }
  | { estimate: null; se: null; n: number; rho: number; halfWidth: null; lowerBound: null; upperBound: null; pGreater: null; pLesser: null; status: UndefinedReason };

/** One-sided bounds of treatment - control, each valid alone at level alpha at every look; pGreater speaks against "not greater". */
export const oneSidedSequence = (control: Arm, treatment: Arm, effect: Effect, alpha: number, tuningN: number): OneSidedSequence => {
  requireOpenUnit(2 * alpha, "2 * alpha");
  const n = control.n + treatment.n;
  const rho = oneSidedSequenceRho(alpha, tuningN);
  const difference = estimateOf(control, treatment, effect);
  if (difference.status !== "ok") return { ...difference, n, rho, halfWidth: null, lowerBound: null, upperBound: null, pGreater: null, pLesser: null };
  const { estimate, se } = difference;
  const halfWidth = oneSidedSequenceHalfWidth(se, n, alpha, rho);
  return {
    estimate,
    se,
    n,
    rho,
    halfWidth,
    lowerBound: estimate - halfWidth,
    upperBound: estimate + halfWidth,
    pGreater: oneSidedSequenceP(estimate, se, n, rho),
    pLesser: oneSidedSequenceP(-estimate, se, n, rho),
    status: "ok",
  };
};
