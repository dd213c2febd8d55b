/** Mergeable moments: count, mean and the sums of the 2nd to 4th power of the deviations from it; min and max are null without values. */
export type Moments = { n: number; mean: number; m2: number; m3: number; m4: number; min: number | null; max: number | null };

export const emptyMoments = (): Moments => ({ n: 0, mean: 0, m2: 0, m3: 0, m4: 0, min: null, max: null });

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));
const most = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/**
 * Merges the moments of two parts as if their values had been seen together, up to rounding; the empty part is the identity.
 * T. F. Chan et al. (1979); P. Pébay, Sandia SAND2008-6212.
 */
export const mergeMoments = (a: Moments, b: Moments): Moments => {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const delta = b.mean - a.mean;
  const shift = delta / n;
  const product = a.n * b.n;
  return {
    n,
    // The longer part leads, so that merging in one row at a time does not drift.
    mean: a.n >= b.n ? a.mean + b.n * shift : b.mean - a.n * shift,
    m2: a.m2 + b.m2 + delta * shift * product,
    m3: a.m3 + b.m3 + delta * shift * shift * product * (a.n - b.n) + 3 * shift * (a.n * b.m2 - b.n * a.m2),
    m4:
      a.m4 +
      b.m4 +
      delta * shift ** 3 * product * (a.n * a.n - product + b.n * b.n) +
      6 * shift * shift * (a.n * a.n * b.m2 + b.n * b.n * a.m2) +
      4 * shift * (a.n * b.m3 - b.n * a.m3),
    min: least(a.min, b.min),
    max: most(a.max, b.max),
  };
};

const blockSize = 4096;

/** Moments of values[from..to) in two passes around the mean of the block. */
const blockMoments = (values: ArrayLike<number>, from: number, to: number): Moments => {
  const n = to - from;
  let total = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    total += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const centre = total / n;
  let drift = 0;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = from; i < to; i++) {
    const deviation = (values[i] ?? Number.NaN) - centre;
    const square = deviation * deviation;
    drift += deviation;
    m2 += square;
    m3 += square * deviation;
    m4 += square * square;
  }
  // Rounding of the mean leaves a small first moment; shift it out so that the sums belong to the returned mean.
  const e = drift / n;
  return {
    n,
    mean: centre + e,
    m2: Math.max(0, m2 - n * e * e),
    m3: m3 - 3 * e * m2 + 2 * n * e ** 3,
    m4: m4 - 4 * e * m3 + 6 * e * e * m2 - 3 * n * e ** 4,
    min,
    max,
  };
};

/** Moments of finite values, block by block, so that large offsets do not cancel. `length` limits how many are read. */
export const momentsOf = (values: ArrayLike<number>, length: number = values.length): Moments => {
  let moments = emptyMoments();
  for (let from = 0; from < length; from += blockSize) moments = mergeMoments(moments, blockMoments(values, from, Math.min(length, from + blockSize)));
  return moments;
};

/** What a reader wants from moments; a value that is undefined (no rows, one row, constant rows) is null. */
export type MomentSummary = {
  n: number;
  mean: number | null;
  m2: number | null;
  variance: number | null;
  varianceDdof1: number | null;
  skewness: number | null;
  excessKurtosis: number | null;
  min: number | null;
  max: number | null;
};

/** Mean, variance m2/n and m2/(n-1), population skewness g1 and excess kurtosis g2 of merged moments. */
export const summariseMoments = (moments: Moments): MomentSummary => {
  const { n, mean, m2, m3, m4, min, max } = moments;
  if (n === 0) return { n, mean: null, m2: null, variance: null, varianceDdof1: null, skewness: null, excessKurtosis: null, min, max };
  const varies = m2 > 0 && min !== max;
  return {
    n,
    mean,
    m2,
    variance: m2 / n,
    varianceDdof1: n > 1 ? m2 / (n - 1) : null,
    skewness: varies ? (Math.sqrt(n) * m3) / m2 ** 1.5 : null,
    excessKurtosis: varies ? (n * m4) / (m2 * m2) - 3 : null,
    min,
    max,
  };
};

/** Merges summaries that carry only count, mean and sum of squared deviations. */
export const mergeMeanAndM2 = (summaries: readonly { n: number; mean: number; m2: number }[]): { n: number; mean: number; m2: number } =>
  summaries.reduce((total, part) => {
    const n = total.n + part.n;
    if (n === 0) return total;
    const delta = part.mean - total.mean;
    return { n, mean: total.mean + (delta * part.n) / n, m2: total.m2 + part.m2 + (delta * delta * total.n * part.n) / n };
  }, { n: 0, mean: 0, m2: 0 });

