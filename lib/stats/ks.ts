import { at, roundHalfEven, sortNumbers, type Numbers } from "./arrays";
import { kolmogorovFiniteSf, kolmogorovSf } from "./kolmogorov";
import { type UndefinedReason } from "./result";

export type KsMethod = "exact" | "kolmogorov_series" | "scipy_asymptotic";

export type KsResult =
  | { d: number; p: number; method: KsMethod; nEffective: number | null; status: "ok" }
  | { d: null; p: null; method: KsMethod; nEffective: null; status: UndefinedReason };

/** Above this product of sample sizes the exact recursion is too slow; the series is then at most 2 % off. */
const maxExactCells = 1e8;

/** Largest gap of the two empirical distribution functions, evaluated after all ties of a value. */
const largestGap = (x: Float64Array, y: Float64Array): number => {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < x.length && j < y.length) {
    const value = Math.min(at(x, i), at(y, j));
    while (i < x.length && at(x, i) === value) i++;
    while (j < y.length && at(y, j) === value) j++;
    // Whole numbers first: i m - j n is exact, so equal gaps compare equal.
    largest = Math.max(largest, Math.abs(i * y.length - j * x.length));
  }
  return largest / (x.length * y.length);
};

/**
 * Exact P(D >= d) for samples of m and n without ties (conservative with ties): the share of lattice paths that leave the band, by the
 * recursion A(i,j) = 1 outside, else (i A(i-1,j) + j A(i,j-1)) / (i + j). J. L. Hodges, Arkiv för Matematik 3, 1958. No 1 - x, so tails
 * keep their relative accuracy.
 */
export const ksExactP = (d: number, m: number, n: number): number => {
  const q = (0.5 + Math.floor(d * m * n - 1e-7)) / (m * n);
  const row = new Float64Array(n + 1);
  for (let j = 1; j <= n; j++) row[j] = j / n > q ? 1 : 0;
  if (q < 0) row[0] = 1;
  for (let i = 1; i <= m; i++) {
    const x = i / m;
    let left = x > q ? 1 : (row[0] ?? 0);
    row[0] = left;
    for (let j = 1; j <= n; j++) {
      left = Math.abs(x - j / n) > q ? 1 : (i * (row[j] ?? 0) + j * left) / (i + j);
      row[j] = left;
    }
  }
  return at(row, n);
};

/**
 * Two-sample Kolmogorov-Smirnov test. Canonical: exact up to 1e8 cells, Kolmogorov's series above; the result names its method.
 * scipy_asymptotic is the finite-n one-sample law at n = round(nm/(n+m)), as scipy.stats.ks_2samp(method="asymp") has it.
 */
export const ksTwoSample = (x: Numbers, y: Numbers, method?: KsMethod): KsResult => {
  const n = x.length;
  const m = y.length;
  const used = method ?? (n * m <= maxExactCells ? "exact" : "kolmogorov_series");
  if (n === 0 || m === 0) return { d: null, p: null, method: used, nEffective: null, status: "no_data" };
  const d = largestGap(sortNumbers(x), sortNumbers(y));
  const scale = (n * m) / (n + m);
  if (used === "exact") return { d, p: ksExactP(d, n, m), method: used, nEffective: null, status: "ok" };
  if (used === "kolmogorov_series") return { d, p: kolmogorovSf(d * Math.sqrt(scale)), method: used, nEffective: scale, status: "ok" };
  const nEffective = roundHalfEven(scale);
  return { d, p: kolmogorovFiniteSf(d, nEffective), method: used, nEffective, status: "ok" };
};
