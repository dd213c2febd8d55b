import { armDifference, armMoments, sampleMoments, type Arm, type Effect } from "./arms";
import { type Numbers } from "./arrays";
import { measured, requireOpenUnit, unmeasured, type Measure, type UndefinedReason } from "./result";
import { studentTwoSidedP, studentTwoSidedQuantile } from "./student-t";

export type WelchResult =
  | { estimate: number; se: number; df: number; lower: number; upper: number; p: number; status: "ok" }
  | { estimate: null; se: null; df: null; lower: null; upper: null; p: null; status: UndefinedReason };

const noWelch = (status: UndefinedReason): WelchResult => ({ estimate: null, se: null, df: null, lower: null, upper: null, p: null, status });

/** Degrees of freedom of Welch and Satterthwaite from the two squared standard errors. */
const welchDf = (a: number, na: number, b: number, nb: number): number => (a + b) ** 2 / ((a * a) / (na - 1) + (b * b) / (nb - 1));

/**
 * Welch's t test of treatment - control (absolute, or relative to the control mean by the delta method) with its interval at level
 * 1 - alpha. insufficient for an arm without a variance, constant when both variances are 0. B. L. Welch, Biometrika 34, 1947.
 */
export const welchTest = (control: Arm, treatment: Arm, effect: Effect, alpha: number): WelchResult => {
  requireOpenUnit(alpha, "alpha");
  const c = armMoments(control);
  const t = armMoments(treatment);
  if (!c || !t || c.n < 2 || t.n < 2) return noWelch(control.n <= 0 || treatment.n <= 0 ? "no_data" : "insufficient");
  const difference = armDifference(c, t, effect);
  if (!difference || !(difference.se > 0)) return noWelch("constant");
  const { estimate, se } = difference;
  const df = welchDf(c.variance / c.n, c.n, t.variance / t.n, t.n);
  const half = studentTwoSidedQuantile(alpha, df) * se;
  return { estimate, se, df, lower: estimate - half, upper: estimate + half, p: studentTwoSidedP(estimate / se, df), status: "ok" };
};

export type TResult = { t: number; df: number; p: number; status: "ok" } | { t: null; df: null; p: null; status: UndefinedReason };

const noT = (status: UndefinedReason): TResult => ({ t: null, df: null, p: null, status });

const tTest = (x: Numbers, y: Numbers, pooled: boolean): TResult => {
  const a = sampleMoments(x);
  const b = sampleMoments(y);
  if (!a || !b) return noT(x.length === 0 || y.length === 0 ? "no_data" : "insufficient");
  const pooledVariance = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2);
  const va = (pooled ? pooledVariance : a.variance) / a.n;
  const vb = (pooled ? pooledVariance : b.variance) / b.n;
  if (va + vb === 0) return noT("constant");
  const t = (a.mean - b.mean) / Math.sqrt(va + vb);
  const df = pooled ? a.n + b.n - 2 : welchDf(va, a.n, vb, b.n);
  return { t, df, p: studentTwoSidedP(t, df), status: "ok" };
};

/** Welch's two-sample t test of mean x - mean y on raw values, two-sided. */
export const welchTestOfSamples = (x: Numbers, y: Numbers): TResult => tTest(x, y, false);

/** Student's two-sample t test with pooled variance of mean x - mean y on raw values, two-sided. */
export const studentTestOfSamples = (x: Numbers, y: Numbers): TResult => tTest(x, y, true);

/** Cohen's d: (mean x - mean y) / pooled standard deviation (J. Cohen, 1988). */
export const cohenD = (x: Numbers, y: Numbers): Measure => {
  const a = sampleMoments(x);
  const b = sampleMoments(y);
  if (!a || !b) return unmeasured(x.length === 0 || y.length === 0 ? "no_data" : "insufficient");
  const variance = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2);
  return variance === 0 ? unmeasured("constant") : measured((a.mean - b.mean) / Math.sqrt(variance));
};
