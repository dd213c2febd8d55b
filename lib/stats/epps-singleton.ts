import { at, mean, sortNumbers, type Numbers } from "./arrays";
import { chiSquareSf } from "./chi-square";
import { dot, symmetricEigen } from "./matrix";
import { quantileOfSorted } from "./quantiles";
import { untested, type TestResult } from "./result";

/** Columns cos(t x), sin(t x) of the empirical characteristic function, t already scaled. */
const features = (values: Numbers, t: readonly number[]): number[][] => [
  ...t.map((scale) => Array.from(values, (value) => Math.cos(scale * value))),
  ...t.map((scale) => Array.from(values, (value) => Math.sin(scale * value))),
];

/**
 * Epps-Singleton two-sample test on the empirical characteristic functions at t = (0.4, 0.8) over half the pooled interquartile range,
 * chi-square law with small-sample correction below 25 values (T. W. Epps and K. J. Singleton, 1986; S. J. Goerg and J. Kaiser,
 * Stata Journal 9, 2009; scipy.stats.epps_singleton_2samp). Under five values: insufficient.
 */
export const eppsSingleton = (x: Numbers, y: Numbers): TestResult => {
  const nx = x.length;
  const ny = y.length;
  if (nx === 0 || ny === 0) return untested("no_data");
  if (nx < 5 || ny < 5) return untested("insufficient");
  const pooled = sortNumbers([...x, ...y]);
  const sigma = ((quantileOfSorted(pooled, 0.75) ?? 0) - (quantileOfSorted(pooled, 0.25) ?? 0)) / 2;
  if (!(sigma > 0)) return untested("constant");
  const t = [0.4 / sigma, 0.8 / sigma];
  const n = nx + ny;
  const sides = [features(x, t), features(y, t)].map((columns) => {
    const means = columns.map((column) => mean(column) ?? 0);
    const centred = columns.map((column, i) => column.map((value) => value - at(means, i)));
    const size = centred[0]?.length ?? 0;
    // Covariance with divisor n, times N / n as the estimator weighs the sides.
    return { means, covariance: centred.map((a) => centred.map((b) => ((dot(a, b) / size) * n) / size)) };
  });
  const [first, second] = sides;
  if (!first || !second) return untested("no_data");
  const difference = first.means.map((value, i) => value - at(second.means, i));
  const eigen = symmetricEigen(first.covariance.map((row, i) => row.map((value, j) => value + at(second.covariance[i] ?? [], j))));
  const cutoff = Math.max(...eigen.values) * 1e-15;
  let statistic = 0;
  let df = 0;
  eigen.values.forEach((value, i) => {
    if (value <= cutoff) return;
    df++;
    statistic += dot(eigen.vectors[i] ?? [], difference) ** 2 / value;
  });
  statistic *= n;
  if (Math.max(nx, ny) < 25) statistic /= 1 + n ** -0.45 + 10.1 * (nx ** -1.7 + ny ** -1.7);
  return { statistic, df, p: chiSquareSf(statistic, df), status: "ok" };
};
