import { at, sum, sumOfSquaredDeviations, type Numbers } from "./arrays";
import { measured, requireSameLength, unmeasured, type Measure, type UndefinedReason } from "./result";

/** Points with weights (counts); `counts` absent means one each. */
export type WeightedPoints = { points: Numbers; counts?: Numbers };

/** Sums f(|F_x - F_y|) * gap over the gaps between neighbouring pooled points. null when a side has no weight. */
const integrateCdfGap = (x: WeightedPoints, y: WeightedPoints, f: (gap: number) => number): number | null => {
  const pooled: { point: number; x: number; y: number }[] = [];
  const weigh = (side: WeightedPoints, name: "x" | "y"): number => {
    if (side.counts) requireSameLength(side.points, side.counts, "points and counts");
    for (let i = 0; i < side.points.length; i++) {
      const weight = side.counts ? at(side.counts, i) : 1;
      pooled.push({ point: at(side.points, i), x: name === "x" ? weight : 0, y: name === "y" ? weight : 0 });
    }
    return side.counts ? sum(side.counts) : side.points.length;
  };
  const xTotal = weigh(x, "x");
  const yTotal = weigh(y, "y");
  if (!(xTotal > 0) || !(yTotal > 0)) return null;
  pooled.sort((a, b) => a.point - b.point);
  let xSeen = 0;
  let ySeen = 0;
  const parts = new Float64Array(pooled.length);
  pooled.forEach((entry, i) => {
    xSeen += entry.x;
    ySeen += entry.y;
    const next = pooled[i + 1];
    if (next) parts[i] = f(Math.abs(xSeen / xTotal - ySeen / yTotal)) * (next.point - entry.point);
  });
  return sum(parts);
};

/** First Wasserstein distance, the integral of |F_x - F_y|, in the unit of the points. no_data when a side is empty. */
export const wassersteinDistance = (x: WeightedPoints, y: WeightedPoints): Measure => {
  const value = integrateCdfGap(x, y, (gap) => gap);
  return value === null ? unmeasured("no_data") : measured(value);
};

/** Wasserstein distance of samples, plain and divided by max(standard deviation of the reference with divisor n, 0.001). */
export const wassersteinOfSamples = (
  reference: Numbers,
  current: Numbers,
): { w: number; wNormalised: number; status: "ok" } | { w: null; wNormalised: null; status: UndefinedReason } => {
  const distance = wassersteinDistance({ points: reference }, { points: current });
  if (distance.value === null) return { w: null, wNormalised: null, status: distance.status };
  const deviation = Math.sqrt(sumOfSquaredDeviations(reference) / reference.length);
  return { w: distance.value, wNormalised: distance.value / Math.max(deviation, 0.001), status: "ok" };
};

/** Energy distance sqrt(2 * integral of (F_x - F_y)^2) (G. J. Székely and M. L. Rizzo, 2013; scipy.stats.energy_distance). */
export const energyDistance = (x: Numbers, y: Numbers): Measure => {
  const value = integrateCdfGap({ points: x }, { points: y }, (gap) => gap * gap);
  return value === null ? unmeasured("no_data") : measured(Math.sqrt(2 * value));
};
