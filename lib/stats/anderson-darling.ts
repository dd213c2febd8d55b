import { at, countBelow, sortNumbers, type Numbers } from "./arrays";
import { type UndefinedReason } from "./result";

const significance = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const table = {
  b0: [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085],
  b1: [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615],
  b2: [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154],
};

/** Fits y = c0 + c1 x + c2 x^2 by least squares around the mean of x and evaluates it. */
const quadraticFit = (x: readonly number[], y: readonly number[], where: number): number => {
  const centre = x.reduce((total, value) => total + value, 0) / x.length;
  const power = [0, 0, 0, 0, 0];
  const right = [0, 0, 0];
  x.forEach((value, i) => {
    for (let k = 0; k < 5; k++) power[k] = at(power, k) + (value - centre) ** k;
    for (let k = 0; k < 3; k++) right[k] = at(right, k) + at(y, i) * (value - centre) ** k;
  });
  const rows = [0, 1, 2].map((i) => [at(power, i), at(power, i + 1), at(power, i + 2), at(right, i)]);
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 3; row++) {
      if (row === column) continue;
      const factor = at(rows[row] ?? [], column) / at(rows[column] ?? [], column);
      rows[row] = (rows[row] ?? []).map((value, i) => value - factor * at(rows[column] ?? [], i));
    }
  }
  const coefficient = (i: number): number => at(rows[i] ?? [], 3) / at(rows[i] ?? [], i);
  return coefficient(0) + coefficient(1) * (where - centre) + coefficient(2) * (where - centre) ** 2;
};

/**
 * Two-sample Anderson-Darling test, midrank version: normalised statistic and p interpolated in the published table, capped to
 * 0.001..0.25 (F. W. Scholz and M. A. Stephens, JASA 82, 1987; scipy.stats.anderson_ksamp). All values equal: constant.
 */
export const andersonDarlingTwoSample = (x: Numbers, y: Numbers): { statistic: number; p: number; status: "ok" } | { statistic: null; p: null; status: UndefinedReason } => {
  const none = (status: UndefinedReason) => ({ statistic: null, p: null, status });
  if (x.length === 0 || y.length === 0) return none("no_data");
  const samples = [sortNumbers(x), sortNumbers(y)];
  const pooled = sortNumbers([...x, ...y]);
  const n = pooled.length;
  if (n < 4) return none("insufficient");
  if (at(pooled, 0) === at(pooled, n - 1)) return none("constant");
  let raw = 0;
  for (const sample of samples) {
    let inner = 0;
    for (let start = 0; start < n; ) {
      const value = at(pooled, start);
      const end = countBelow(pooled, value, "right");
      const ties = end - start;
      const b = start + ties / 2;
      const m = (countBelow(sample, value, "left") + countBelow(sample, value, "right")) / 2;
      inner += ((ties / n) * (n * m - b * sample.length) ** 2) / (b * (n - b) - (n * ties) / 4);
      start = end;
    }
    raw += inner / sample.length;
  }
  raw *= (n - 1) / n;
  const k = 2;
  let h = 0;
  let g = 0;
  for (let i = n - 1; i > 1; i--) {
    h += 1 / i;
    g += h / (n - i + 1);
  }
  h += 1;
  const reciprocal = 1 / x.length + 1 / y.length;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * reciprocal;
  const b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * reciprocal - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * reciprocal + 4 * h;
  const d = (2 * h + 6) * k * k - 4 * h * k;
  const variance = (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
  const statistic = (raw - (k - 1)) / Math.sqrt(variance);
  const critical = table.b0.map((value, i) => value + at(table.b1, i) + at(table.b2, i));
  let p: number;
  if (statistic < at(critical, 0)) p = 0.25;
  else if (statistic > at(critical, critical.length - 1)) p = 0.001;
  else p = Math.exp(quadraticFit(critical, significance.map(Math.log), statistic));
  return { statistic, p, status: "ok" };
};
