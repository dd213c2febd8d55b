/** Numbers in any array form; the functions of this folder never change their input. */
export type Numbers = ArrayLike<number> & Iterable<number>;

/** Reads an element whose index is in range by construction; NaN makes a mistake visible instead of silently zero. */
export const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;

/** Returns the sum with Neumaier's compensation (error independent of length; A. Neumaier, ZAMM 54, 1974). */
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  let compensation = 0;
  for (const value of values) {
    const next = total + value;
    compensation += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + compensation;
};

/** Returns the arithmetic mean, or null for no values. */
export const mean = (values: Numbers): number | null => (values.length === 0 ? null : sum(values) / values.length);

/** Returns sum (x - mean)^2 in two passes with the rounding correction of Chan, Golub and LeVeque (1983). */
export const sumOfSquaredDeviations = (values: Numbers): number => {
  const centre = mean(values) ?? 0;
  let squares = 0;
  let drift = 0;
  for (const value of values) {
    const deviation = value - centre;
    squares += deviation * deviation;
    drift += deviation;
  }
  return values.length === 0 ? 0 : squares - (drift * drift) / values.length;
};

/** Returns the values in increasing order as a new array. */
export const sortNumbers = (values: Numbers): Float64Array => Float64Array.from(values).sort();

/** Removes missing values: null, undefined and NaN. Infinities stay. */
export const dropMissing = (values: Iterable<number | null | undefined>): number[] => {
  const kept: number[] = [];
  for (const value of values) if (value !== null && value !== undefined && !Number.isNaN(value)) kept.push(value);
  return kept;
};

/** Removes every row in which either of two parallel lists has a missing value. */
export const dropMissingPairs = (a: ArrayLike<number | null | undefined>, b: ArrayLike<number | null | undefined>): { a: number[]; b: number[] } => {
  const kept = { a: [] as number[], b: [] as number[] };
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i];
    const y = b[i];
    if (x === null || x === undefined || Number.isNaN(x) || y === null || y === undefined || Number.isNaN(y)) continue;
    kept.a.push(x);
    kept.b.push(y);
  }
  return kept;
};

/** Rounds to the nearest integer, halves to the even one (IEEE 754 roundTiesToEven, as numpy does). */
export const roundHalfEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
};

/** Returns how many elements of an increasing list are < value (left) or <= value (right). */
export const countBelow = (sorted: ArrayLike<number>, value: number, side: "left" | "right"): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = at(sorted, middle);
    if (element < value || (side === "right" && element === value)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Returns the smallest double greater than a finite value, so that [v, nextUp(v)) holds v alone. */
export const nextUp = (value: number): number => {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
};
