import { at, mean, sortNumbers, sumOfSquaredDeviations, type Numbers } from "./arrays";
import { quantileOfSorted } from "./quantiles";
import { type UndefinedReason } from "./result";

/**
 * Alert band from past values of a metric: offset (mean, median, min or max) minus and plus a multiple of the standard deviation with
 * divisor n. A null multiplier gives no bound on that side; no values give no_data. Source: NannyML, StandardDeviationThreshold.
 */
export const standardDeviationThreshold = (
  values: Numbers,
  lowerMultiplier: number | null,
  upperMultiplier: number | null,
  offset: "mean" | "median" | "min" | "max",
): { lower: number | null; upper: number | null; status: "ok" | UndefinedReason } => {
  if (values.length === 0) return { lower: null, upper: null, status: "no_data" };
  const sorted = sortNumbers(values);
  const centre = { mean: mean(values) ?? 0, median: quantileOfSorted(sorted, 0.5) ?? 0, min: at(sorted, 0), max: at(sorted, sorted.length - 1) }[offset];
  const deviation = Math.sqrt(sumOfSquaredDeviations(values) / values.length);
  return {
    lower: lowerMultiplier === null ? null : centre - lowerMultiplier * deviation,
    upper: upperMultiplier === null ? null : centre + upperMultiplier * deviation,
    status: "ok",
  };
};
