import { at } from "./arrays";
import { logBinomialPmf } from "./beta";

/** Kolmogorov's limiting law: 2 sum (-1)^(k-1) exp(-2 k^2 t^2), the upper tail of sqrt(n) D; theta transform below t = 1. */
export const kolmogorovSf = (t: number): number => {
  if (t <= 0) return 1;
  if (t < 1) {
    const base = -(Math.PI * Math.PI) / (8 * t * t);
    let total = 0;
    for (let k = 1; k < 20; k += 2) total += Math.exp(base * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / t) * total;
  }
  let total = 0;
  for (let k = 1; k < 100; k++) {
    const term = Math.exp(-2 * k * k * t * t);
    total += k % 2 === 1 ? term : -term;
    if (term < total * 1e-17) break;
  }
  return 2 * total;
};

/** P(D+ >= d) for the one-sided one-sample statistic: Smirnov's exact sum of positive terms (Birnbaum and Tingey, 1951). */
const smirnovSf = (n: number, d: number): number => {
  let total = 0;
  const last = Math.floor(n * (1 - d));
  for (let j = 0; j <= last; j++) {
    const p = d + j / n;
    if (p < 1) total += Math.exp(logBinomialPmf(j, n, p, 1 - p) - Math.log(p));
    else if (j === n) total += 1;
  }
  return d * total;
};

/** Multiplies two square matrices stored by rows. */
const multiply = (a: Float64Array, b: Float64Array, size: number): Float64Array<ArrayBuffer> => {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) product[i * size + j] = (product[i * size + j] ?? 0) + factor * (b[k * size + j] ?? 0);
    }
  }
  return product;
};

/** P(D < d) by Durbin's matrix (Marsaglia, Tsang and Wang, J. Stat. Software 8(18), 2003), scaled against overflow. */
const durbinCdf = (n: number, d: number): number => {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  let power = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < Math.min(size, i + 2); j++) power[i * size + j] = 1;
  for (let i = 0; i < size; i++) {
    power[i * size] = at(power, i * size) - h ** (i + 1);
    power[(size - 1) * size + i] = at(power, (size - 1) * size + i) - h ** (size - i);
  }
  if (2 * h - 1 > 0) power[(size - 1) * size] = at(power, (size - 1) * size) + (2 * h - 1) ** size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) for (let g = 1; g <= i - j + 1; g++) power[i * size + j] = at(power, i * size + j) / g;
  }
  let result: Float64Array | null = null;
  let resultExponent = 0;
  let powerExponent = 0;
  const centre = (k - 1) * size + (k - 1);
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      result = result === null ? power : multiply(result, power, size);
      resultExponent += powerExponent;
      if (at(result, centre) > 1e140) {
        result = result.map((value) => value * 1e-140);
        resultExponent += 140;
      }
    }
    if (rest === 1) break;
    power = multiply(power, power, size);
    powerExponent *= 2;
    if (at(power, centre) > 1e140) {
      power = power.map((value) => value * 1e-140);
      powerExponent += 140;
    }
  }
  let value = at(result ?? power, centre);
  for (let i = 1; i <= n; i++) {
    value *= i / n;
    if (value < 1e-140) {
      value *= 1e140;
      resultExponent -= 140;
    }
  }
  return value * 10 ** resultExponent;
};

/** P(D <= d) by the asymptotic expansion of W. Pelz and I. J. Good (1976) in theta-function form. */
const pelzGoodCdf = (n: number, d: number): number => {
  const z = Math.sqrt(n) * d;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI * Math.PI;
  const maxK = Math.ceil((16 * z) / Math.PI);
  const sums = [0, 0, 0, 0];
  for (let k = 1; k <= maxK; k++) {
    const odd2 = (2 * k - 1) ** 2;
    const q = Math.exp((-pi2 * odd2) / (8 * z2));
    const terms = [
      1,
      -z2 + (pi2 / 4) * odd2,
      6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * odd2) / 4 + (pi2 * pi2 * (1 - 2 * z2) * odd2 * odd2) / 16,
      -30 * z6 - 90 * z4 * z4 + (pi2 * (135 * z4 - 96 * z6) * odd2) / 4 + (pi2 * pi2 * (-60 * z2 + 212 * z4) * odd2 * odd2) / 16 +
        (pi2 ** 3 * (5 - 30 * z2) * odd2 ** 3) / 64,
    ];
    for (let i = 0; i < 4; i++) sums[i] = at(sums, i) + q * at(terms, i);
  }
  let extra2 = 0;
  let extra3 = 0;
  for (let k = 1; k <= maxK; k++) {
    const q = Math.exp((-pi2 * k * k) / (2 * z2));
    extra2 += k * k * q;
    extra3 += (3 * z2 - pi2 * k * k) * k * k * q;
  }
  const root = Math.sqrt(2 * Math.PI);
  const k0 = (root * at(sums, 0)) / z;
  const k1 = (root * at(sums, 1)) / (6 * z4);
  const k2 = (root * at(sums, 2)) / (72 * z6 * z) - (pi2 * root * extra2) / (36 * z2 * z);
  const k3 = (root * at(sums, 3)) / (6480 * z6 * z4) + (pi2 * root * extra3) / (216 * z6);
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
};

/**
 * Upper tail P(D >= d) of the two-sided one-sample Kolmogorov-Smirnov statistic for n values. The choice of methods is that of R. Simard
 * and P. L'Ecuyer (J. Stat. Software 39(11), 2011) and scipy.stats.kstwo: exact up to n = 140 and in both tails, else five digits.
 */
export const kolmogorovFiniteSf = (d: number, n: number): number => {
  if (n < 1 || d >= 1) return d >= 1 ? 0 : 1;
  const nd = n * d;
  if (nd <= 0.5) return 1;
  if (nd <= 1) {
    let cdf = 1;
    for (let i = 1; i <= n; i++) cdf *= (i * (2 * nd - 1)) / n;
    return 1 - cdf;
  }
  if (nd >= n - 1) return 2 * (1 - d) ** n;
  const square = nd * d;
  if (d >= 0.5 || square >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * smirnovSf(n, d));
  const exact = n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4);
  return Math.min(1, Math.max(0, 1 - (exact ? durbinCdf(n, d) : pelzGoodCdf(n, d))));
};
