import { AppError } from "@/lib/core/errors";
import { at } from "./arrays";
import { normalPdf, normalSf, normalUpperQuantile } from "./normal";
import { findRoot } from "./roots";
import { requireOpenUnit } from "./result";

export type Spending = "obrien_fleming" | "pocock" | "power_2";

/** Error spent up to an information fraction t (1 and above: all of it). K. K. G. Lan and D. L. DeMets, Biometrika 70, 1983. */
export const spentAlpha = (spending: Spending, alpha: number, t: number): number => {
  if (t >= 1) return alpha;
  if (spending === "pocock") return alpha * Math.log1p((Math.E - 1) * t);
  if (spending === "power_2") return alpha * t * t;
  return 4 * normalSf(normalUpperQuantile(alpha / 4) / Math.sqrt(t));
};

/** Density of the score process on a symmetric grid, Simpson weights included. */
type Grid = { points: Float64Array; mass: Float64Array };

const gridOf = (half: number, finestStep: number, density: (x: number) => number): Grid => {
  const intervals = 2 * Math.min(3000, Math.max(200, Math.ceil(half / finestStep)));
  const step = (2 * half) / intervals;
  const points = new Float64Array(intervals + 1);
  const mass = new Float64Array(intervals + 1);
  for (let i = 0; i <= intervals; i++) {
    const x = -half + i * step;
    points[i] = x;
    mass[i] = ((i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2) * step * density(x)) / 3;
  }
  return { points, mass };
};

const integrate = (grid: Grid, f: (x: number) => number): number => {
  let total = 0;
  for (let i = 0; i < grid.points.length; i++) total += (grid.mass[i] ?? 0) * f(grid.points[i] ?? 0);
  return total;
};

/**
 * Two-sided z bounds at increasing information fractions for an error-spending function: crossing probabilities by recursive numerical
 * integration of the score process (P. Armitage, C. K. McPherson, B. C. Rowe, JRSS A 132, 1969). A look that may spend nothing
 * measurable has bound Infinity. Raises `invalid` for fractions that do not increase.
 */
export const groupSequentialBounds = (information: readonly number[], alpha: number, spending: Spending): number[] => {
  requireOpenUnit(alpha, "alpha");
  const bounds: number[] = [];
  let grid: Grid | null = null;
  let before = 0;
  let spentBefore = 0;
  information.forEach((t, look) => {
    const increment = t - before;
    if (!(increment > 0)) throw new AppError("invalid", "stats.bad_argument", "Information fractions must be positive and increase.");
    const spent = spentAlpha(spending, alpha, t);
    const spend = spent - spentBefore;
    const root = Math.sqrt(increment);
    const previous = grid;
    let z: number;
    if (spend < 1e-300) z = Infinity;
    else if (previous === null) z = normalUpperQuantile(spend / 2);
    else {
      const logSpend = Math.log(spend);
      z = findRoot((bound) => logSpend - Math.log(Math.max(Number.MIN_VALUE, 2 * integrate(previous, (x) => normalSf((bound * Math.sqrt(t) - x) / root)))), 0, 38);
    }
    bounds.push(z);
    const next = at(information, look + 1) - t;
    const finest = Math.sqrt(Math.min(increment, Number.isNaN(next) || next <= 0 ? increment : next)) / 20;
    grid = gridOf(Math.min(z, 8.5) * Math.sqrt(t), finest, (x) =>
      previous === null ? normalPdf(x / root) / root : integrate(previous, (u) => normalPdf((x - u) / root)) / root,
    );
    before = t;
    spentBefore = spent;
  });
  return bounds;
};
