import { normalUpperQuantile } from "./normal";
import { requireOpenUnit } from "./result";

/** A sample size: the real number of the formula, and the number of rows that covers it. */
export type SampleSize = { real: number; rows: number };

const roundedUp = (real: number): SampleSize => ({ real, rows: Math.ceil(real) });

/** Rows per arm to tell rate p1 from p2, two-sided: (z_{1-alpha/2} + z_power)^2 (p1 q1 + p2 q2) / (p1 - p2)^2. Infinity when equal. */
export const sampleSizeTwoSided = (p1: number, p2: number, alpha: number, power: number): SampleSize => {
  requireOpenUnit(alpha, "alpha");
  requireOpenUnit(power, "power");
  const z = normalUpperQuantile(alpha / 2) + normalUpperQuantile(1 - power);
  return roundedUp((z * z * (p1 * (1 - p1) + p2 * (1 - p2))) / (p1 - p2) ** 2);
};

/** Rows per arm to show that a rate is not worse than `baseRate` by `margin`, when it is equal: (z_{1-alpha} + z_power)^2 2pq / margin^2. */
export const sampleSizeNonInferiority = (baseRate: number, margin: number, alpha: number, power: number): SampleSize => {
  requireOpenUnit(alpha, "alpha");
  requireOpenUnit(power, "power");
  const z = normalUpperQuantile(alpha) + normalUpperQuantile(1 - power);
  return roundedUp((z * z * 2 * baseRate * (1 - baseRate)) / (margin * margin));
};

/** Rows without one event that show a rate below `rateBelow`: smallest n with (1 - rate)^n <= 1 - confidence. */
export const sampleSizeZeroEvents = (rateBelow: number, confidence: number): SampleSize => {
  requireOpenUnit(rateBelow, "rateBelow");
  requireOpenUnit(confidence, "confidence");
  return roundedUp(Math.log1p(-confidence) / Math.log1p(-rateBelow));
};

/** Rows for an interval of half width `halfWidth` around a proportion p: z^2 p (1-p) / halfWidth^2. */
export const sampleSizePrecision = (p: number, halfWidth: number, confidence: number): SampleSize => {
  requireOpenUnit(confidence, "confidence");
  const z = normalUpperQuantile((1 - confidence) / 2);
  return roundedUp((z * z * p * (1 - p)) / (halfWidth * halfWidth));
};

/** Seconds until the candidate arm has seen `rows` requests at a total rate (requests per second) and a share; null when it never will. */
export const secondsToReach = (rows: number, requestsPerSecond: number, share: number): number | null => {
  const rate = requestsPerSecond * share;
  return rate > 0 ? rows / rate : null;
};
