import { at } from "./arrays";

const logSqrtTwoPi = 0.9189385332046727418;

const stirlingSeries = [1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188, 691 / 360360, 1 / 156, 3617 / 122400];

/** Error of Stirling's formula, ln Gamma(x+1) - ((x+1/2) ln x - x + ln sqrt(2 pi)), for x > 0 (C. Loader, 2000). */
export const stirlingError = (x: number): number => {
  if (x < 15) return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - logSqrtTwoPi;
  const inverseSquare = 1 / (x * x);
  let total = 0;
  for (let i = stirlingSeries.length - 1; i >= 0; i--) total = at(stirlingSeries, i) - inverseSquare * total;
  return total / x;
};

/** ln Gamma(x) for x > 0: Stirling's series after shifting the argument above 15. */
export function logGamma(x: number): number {
  if (x >= 15) return (x - 0.5) * Math.log(x) - x + logSqrtTwoPi + stirlingError(x);
  if (x === 1 || x === 2) return 0;
  let product = 1;
  let shifted = x;
  while (shifted < 15) product *= shifted++;
  return (shifted - 0.5) * Math.log(shifted) - shifted + logSqrtTwoPi + stirlingError(shifted) - Math.log(product);
}

/** ln Beta(a, b) for a, b > 0; keeps accuracy when one argument is large, where the difference of ln Gammas cancels. */
export const logBeta = (a: number, b: number): number => {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < 15) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const correction = stirlingError(large) - stirlingError(small + large);
  if (small < 15) return logGamma(small) + correction + small - small * Math.log(small + large) + (large - 0.5) * Math.log1p(-small / (small + large));
  return logSqrtTwoPi - 0.5 * Math.log(large) + correction + stirlingError(small) + (small - 0.5) * Math.log(small / (small + large)) + large * Math.log1p(-small / (small + large));
};

/** ln(Gamma(a + n) / Gamma(a)) for a > 0, n >= 0: the rising factorial of Dirichlet and beta posteriors. */
export const logRisingFactorial = (a: number, n: number): number => {
  if (n === 0) return 0;
  if (a < 15) return logGamma(a + n) - logGamma(a);
  return (a - 0.5) * Math.log1p(n / a) + n * (Math.log(a + n) - 1) + stirlingError(a + n) - stirlingError(a);
};

/** Deviance part x ln(x/m) + m - x without cancellation for x near m (C. Loader, Fast and Accurate Computation of Binomial Probabilities, 2000). */
export const devianceTerm = (x: number, m: number): number => {
  if (x === 0) return m;
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let total = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = total + power / (2 * j + 1);
    if (next === total) break;
    total = next;
  }
  return total;
};

/** ln(x^a e^-x / Gamma(a+1)): the Poisson density continued to real a, by the saddle-point form. */
const logPoisson = (a: number, x: number): number => (a === 0 ? -x : -stirlingError(a) - devianceTerm(a, x) - 0.5 * Math.log(2 * Math.PI * a));

/**
 * Regularised incomplete gamma functions P(a, x) and Q(a, x) for a > 0, x >= 0; each with relative accuracy in its own tail.
 * Series below a + 1, Lentz's continued fraction above (NIST DLMF 8.7, 8.9).
 */
export const gammaTails = (a: number, x: number): { lower: number; upper: number } => {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const prefactor = Math.exp(logPoisson(a, x));
  if (x < a + 1) {
    let term = 1;
    let total = 1;
    for (let k = 1; term > total * 1e-17 && k < 1e6; k++) {
      term *= x / (a + k);
      total += term;
    }
    const lower = Math.min(1, prefactor * total);
    return { lower, upper: 1 - lower };
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 1e6; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const delta = c * d;
    fraction *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  const upper = Math.min(1, prefactor * a * fraction);
  return { lower: 1 - upper, upper };
};
