import { at, sum } from "./arrays";
import { alignCategories, alignCounts, sharesOf } from "./counts";
import { measured, unmeasured, type Measure } from "./result";

export type Smoothing = "add_half" | "evidently";
type Shares = { p: number[]; q: number[] };

/** Applies a formula to the plain shares of two count vectors; no_data when a side is empty. */
const fromShares = (reference: ArrayLike<number>, current: ArrayLike<number>, formula: (shares: Shares) => number): Measure => {
  const counts = alignCounts(reference, current);
  if (!counts) return unmeasured("no_data");
  return measured(formula({ p: sharesOf(counts.reference, counts.referenceTotal), q: sharesOf(counts.current, counts.currentTotal) }));
};

/** Zero shares as Evidently fills them: 0.0001, or a millionth of the smallest share when that is not above 0.0001. */
export const fillZerosEvidently = (shares: readonly number[]): number[] => {
  const smallest = shares.reduce((least, share) => (share > 0 && share < least ? share : least), Infinity);
  const fill = smallest <= 0.0001 ? smallest / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? fill : share));
};

const addHalf = (counts: readonly number[], total: number): number[] => counts.map((count) => (count + 0.5) / (total + 0.5 * counts.length));

const smoothedShares = (reference: ArrayLike<number>, current: ArrayLike<number>, smoothing: Smoothing): Shares | null => {
  const counts = alignCounts(reference, current);
  if (!counts) return null;
  if (smoothing === "add_half") return { p: addHalf(counts.reference, counts.referenceTotal), q: addHalf(counts.current, counts.currentTotal) };
  return { p: fillZerosEvidently(sharesOf(counts.reference, counts.referenceTotal)), q: fillZerosEvidently(sharesOf(counts.current, counts.currentTotal)) };
};

/** sum (p - q) ln(p / q) of positive shares. */
export const psiOfShares = (p: readonly number[], q: readonly number[]): number => sum(p.map((share, i) => (share - at(q, i)) * Math.log(share / at(q, i))));

/** sum p ln(p / q) of positive shares that are first normalised to sum 1. */
export const klOfShares = (p: readonly number[], q: readonly number[]): number => {
  const pTotal = sum(p);
  const qTotal = sum(q);
  return sum(p.map((share, i) => (share / pTotal) * Math.log(share / pTotal / (at(q, i) / qTotal))));
};

/**
 * Population stability index of two count vectors. add_half (canonical): shares (count + 0.5) / (total + 0.5 k), finite for empty bins;
 * evidently: its zero filling, for comparison. B. Yurdakul, Statistical Properties of PSI, 2018.
 */
export const populationStabilityIndex = (reference: ArrayLike<number>, current: ArrayLike<number>, smoothing: Smoothing = "add_half"): Measure => {
  const shares = smoothedShares(reference, current, smoothing);
  return shares ? measured(psiOfShares(shares.p, shares.q)) : unmeasured("no_data");
};

/** PSI with each zero share replaced by a constant and no renormalising (contrast with add_half). */
export const populationStabilityIndexWithEpsilon = (reference: ArrayLike<number>, current: ArrayLike<number>, epsilon = 1e-4): Measure =>
  fromShares(reference, current, ({ p, q }) => psiOfShares(p.map((share) => share || epsilon), q.map((share) => share || epsilon)));

/** Kullback-Leibler divergence reference || current in nats, smoothed as the PSI. */
export const kullbackLeibler = (reference: ArrayLike<number>, current: ArrayLike<number>, smoothing: Smoothing = "add_half"): Measure => {
  const shares = smoothedShares(reference, current, smoothing);
  return shares ? measured(Math.max(0, klOfShares(shares.p, shares.q))) : unmeasured("no_data");
};

/**
 * Jensen-Shannon divergence in nats. Written in d = (p - q)/(p + q), so that near-equal shares lose no digits (the square root would
 * turn a rounding error of 1e-17 into 3e-9).
 */
const jensenShannonNats = ({ p, q }: Shares): number =>
  sum(
    p.map((share, i) => {
      const total = share + at(q, i);
      const d = (share - at(q, i)) / total;
      const side = (x: number): number => (x <= -1 ? 0 : (1 + x) * Math.log1p(x));
      return (total / 4) * (side(d) + side(-d));
    }),
  );

/** Jensen-Shannon distance: sqrt of the divergence, base 2 (canonical, 0..1) or base e (as scipy and Evidently, at most 0.8326). No smoothing. */
export const jensenShannonDistance = (reference: ArrayLike<number>, current: ArrayLike<number>, base: 2 | "e" = 2): Measure =>
  fromShares(reference, current, (shares) => Math.sqrt(Math.max(0, jensenShannonNats(shares) / (base === 2 ? Math.LN2 : 1))));

/** Jensen-Shannon divergence in bits, not its square root (TensorFlow Data Validation). */
export const jensenShannonBits = (reference: ArrayLike<number>, current: ArrayLike<number>): Measure =>
  fromShares(reference, current, (shares) => Math.max(0, jensenShannonNats(shares) / Math.LN2));

/** Hellinger distance sqrt(sum (sqrt p - sqrt q)^2 / 2), 0..1. */
export const hellingerDistance = (reference: ArrayLike<number>, current: ArrayLike<number>): Measure =>
  fromShares(reference, current, ({ p, q }) => Math.sqrt(sum(p.map((share, i) => (Math.sqrt(share) - Math.sqrt(at(q, i))) ** 2)) / 2));

/** Total variation distance sum |p - q| / 2, 0..1: the share of rows that would have to move. */
export const totalVariation = (reference: ArrayLike<number>, current: ArrayLike<number>): Measure =>
  fromShares(reference, current, ({ p, q }) => sum(p.map((share, i) => Math.abs(share - at(q, i)))) / 2);

/** Largest change of one share, max |p - q|. */
export const largestShareChange = (reference: ArrayLike<number>, current: ArrayLike<number>): Measure =>
  fromShares(reference, current, ({ p, q }) => p.reduce((largest, share, i) => Math.max(largest, Math.abs(share - at(q, i))), 0));

/** Drift of counts keyed by category; newShare is the share of current rows whose key the reference never had. Null values when a side is empty. */
export const categoryDrift = (reference: ReadonlyMap<string, number>, current: ReadonlyMap<string, number>) => {
  const aligned = alignCategories(reference, current);
  const unseen = sum(aligned.current.filter((_, i) => at(aligned.reference, i) === 0));
  const total = sum(aligned.current);
  const psi = populationStabilityIndex(aligned.reference, aligned.current);
  return {
    psi: psi.value,
    jsDistance: jensenShannonDistance(aligned.reference, aligned.current).value,
    linf: largestShareChange(aligned.reference, aligned.current).value,
    tvd: totalVariation(aligned.reference, aligned.current).value,
    newShare: total > 0 ? unseen / total : null,
    status: psi.status,
  };
};
