import { at, countBelow, sortNumbers, type Numbers } from "./arrays";
import { normalSf } from "./normal";
import { type UndefinedReason } from "./result";

export type MannWhitney =
  | { u: number; p: number; pLess: number; pGreater: number; cles: number; method: "exact" | "asymptotic"; status: "ok" }
  | { u: null; p: null; pLess: null; pGreater: null; cles: null; method: "exact" | "asymptotic"; status: UndefinedReason };

/** Law of U without ties as probabilities of 0..nx*ny, by the recursion over group sizes (H. B. Mann and D. R. Whitney, 1947). */
const lawOfU = (nx: number, ny: number): Float64Array => {
  let law = new Float64Array(nx * ny + 1);
  law[0] = 1;
  // Gaussian binomial coefficient: multiply by (1 - z^(ny+i)) and divide by (1 - z^i), scaled by i / (ny + i) to stay a probability.
  for (let i = 1; i <= nx; i++) {
    const next = Float64Array.from(law);
    for (let u = nx * ny; u >= ny + i; u--) next[u] = at(next, u) - at(law, u - ny - i);
    for (let u = i; u <= nx * ny; u++) next[u] = at(next, u) + at(next, u - i);
    law = next.map((value) => (value * i) / (ny + i));
  }
  return law;
};

const sumRange = (law: Float64Array, from: number, to: number): number => {
  let total = 0;
  for (let u = Math.max(0, from); u <= Math.min(law.length - 1, to); u++) total += at(law, u);
  return Math.min(1, total);
};

/**
 * Mann-Whitney U test: u counts pairs with x > y (0.5 for ties), cles = u/(nx ny) is the chance that x beats y, pLess speaks for x
 * smaller. exact is for samples without ties; asymptotic corrects for ties and continuity (as scipy.stats.mannwhitneyu).
 */
export const mannWhitney = (x: Numbers, y: Numbers, method: "exact" | "asymptotic"): MannWhitney => {
  const nx = x.length;
  const ny = y.length;
  if (nx === 0 || ny === 0) return { u: null, p: null, pLess: null, pGreater: null, cles: null, method, status: "no_data" };
  const sortedY = sortNumbers(y);
  let u = 0;
  for (const value of x) u += (countBelow(sortedY, value, "left") + countBelow(sortedY, value, "right")) / 2;
  const cles = u / (nx * ny);
  const larger = Math.max(u, nx * ny - u);
  if (method === "exact") {
    const law = lawOfU(Math.min(nx, ny), Math.max(nx, ny));
    // The law is symmetric, so both tails are sums of its small end: no cancellation.
    const upperTail = (value: number): number => sumRange(law, 0, nx * ny - Math.ceil(value));
    return { u, p: Math.min(1, 2 * upperTail(larger)), pLess: upperTail(nx * ny - u), pGreater: upperTail(u), cles, method, status: "ok" };
  }
  const pooled = sortNumbers([...x, ...y]);
  let ties = 0;
  for (let i = 0; i < pooled.length; ) {
    const end = countBelow(pooled, at(pooled, i), "right");
    ties += (end - i) ** 3 - (end - i);
    i = end;
  }
  const n = nx + ny;
  const deviation = Math.sqrt(((nx * ny) / 12) * (n + 1 - ties / (n * (n - 1))));
  if (!(deviation > 0)) return { u: null, p: null, pLess: null, pGreater: null, cles: null, method, status: "constant" };
  const tail = (value: number): number => normalSf((value - (nx * ny) / 2 - 0.5) / deviation);
  return { u, p: Math.min(1, 2 * tail(larger)), pLess: tail(nx * ny - u), pGreater: tail(u), cles, method, status: "ok" };
};
