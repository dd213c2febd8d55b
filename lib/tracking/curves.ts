/** What a curve is made of; arrays of one object have the same length. Client-safe. */
export type BucketSummary = { index: number; n: number; firstX: number; first: number; lastX: number; last: number; min: number; max: number };

/**
 * Path of reduced data: of each bucket the first point, the least and the greatest value, and the last point, so that a line drawn at a
 * bucket a pixel covers the same pixels as one through every point (Jugel et al., "M4: A Visualization-Oriented Time Series Data
 * Aggregation", VLDB 2014). Where in its bucket an extreme lay is not known: it stands between first and last, on the side that
 * makes the shorter way.
 */
export const pathOf = (buckets: readonly BucketSummary[]): { x: number[]; y: number[] } => {
  const x: number[] = [];
  const y: number[] = [];
  const push = (atX: number, atY: number): void => {
    x.push(atX);
    y.push(atY);
  };
  for (const { n, firstX, first, lastX, last, min, max } of buckets) {
    push(firstX, first);
    if (n > 2) {
      const [third, twoThirds] = [firstX + (lastX - firstX) / 3, firstX + (2 * (lastX - firstX)) / 3];
      const inside = [min, max].filter((value) => value !== first && value !== last);
      const ordered = first <= last ? inside : inside.reverse();
      ordered.forEach((value, index) => push(index === 0 ? third : twoThirds, value));
    }
    if (n > 1) push(lastX, last);
  }
  return { x, y };
};

/**
 * Exponential moving average with the bias of its start taken out, as TensorBoard draws it: s ← w·s + (1 − w)·v, shown as s / (1 − w^k)
 * after k values. `weight` w is in [0, 1). A curve whose values are all equal stays as it is, free of rounding.
 */
export const smooth = (values: readonly number[], weight: number): number[] => {
  if (weight <= 0 || values.every((value) => value === values[0])) return [...values];
  let sum = 0;
  let bias = 1;
  return values.map((value) => {
    sum = sum * weight + (1 - weight) * value;
    bias *= weight;
    return sum / (1 - bias);
  });
};
