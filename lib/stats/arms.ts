import { sum, sumOfSquaredDeviations, type Numbers } from "./arrays";

/** One arm of a comparison: n values with their sum and sum of squares, or n yes/no outcomes with the number of yes. */
export type Arm = { n: number; sum: number; sumSquares: number } | { n: number; successes: number };

export type ArmMoments = { n: number; mean: number; variance: number };

/**
 * Mean and variance of an arm: divisor n - 1 for sums, p(1 - p) for proportions (as GrowthBook's engine has it). null when the arm is
 * empty, or has fewer than two values where a variance is needed.
 */
export const armMoments = (arm: Arm): ArmMoments | null => {
  if ("successes" in arm) {
    if (arm.n <= 0) return null;
    const p = arm.successes / arm.n;
    return { n: arm.n, mean: p, variance: p * (1 - p) };
  }
  if (arm.n < 2) return null;
  return { n: arm.n, mean: arm.sum / arm.n, variance: Math.max(0, (arm.sumSquares - (arm.sum * arm.sum) / arm.n) / (arm.n - 1)) };
};

/** Mean and variance (divisor n - 1) of raw values in two passes; null for fewer than two. */
export const sampleMoments = (values: Numbers): ArmMoments | null =>
  values.length < 2 ? null : { n: values.length, mean: sum(values) / values.length, variance: sumOfSquaredDeviations(values) / (values.length - 1) };

export type Effect = "absolute" | "relative";

/**
 * Difference treatment - control with its standard error; relative = divided by the control mean, variance by the delta method
 * vt/(nt mc^2) + vc mt^2/(nc mc^4). null for an empty arm or a relative effect on a control mean of 0.
 */
export const armDifference = (control: ArmMoments, treatment: ArmMoments, effect: Effect): { estimate: number; se: number } | null => {
  const difference = treatment.mean - control.mean;
  if (effect === "absolute") return { estimate: difference, se: Math.sqrt(control.variance / control.n + treatment.variance / treatment.n) };
  if (control.mean === 0) return null;
  const square = control.mean * control.mean;
  const variance = treatment.variance / (treatment.n * square) + (control.variance * treatment.mean * treatment.mean) / (control.n * square * square);
  return { estimate: difference / control.mean, se: Math.sqrt(variance) };
};
