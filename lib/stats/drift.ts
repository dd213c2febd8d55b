import { AppError } from "@/lib/core/errors";
import { sum } from "./arrays";
import { largestCumulativeGap } from "./bins";
import { jensenShannonDistance, largestShareChange, populationStabilityIndex } from "./divergence";
import { chiSquareHomogeneity } from "./homogeneity";
import { comparedCounts, type FeatureCounts } from "./profile";
import { type TestResult, type UndefinedReason } from "./result";

/** How far the current rows of a feature are from its reference. What does not exist (no rows, wrong kind of feature) is null. */
export type FeatureDrift = {
  /** Current and reference rows that the distances compare: finite numbers, or categories. */
  n: number;
  referenceN: number;
  /** Bins that either side uses; the noise line of the PSI needs it. */
  bins: number;
  psi: number | null;
  jsDistance: number | null;
  linf: number | null;
  chi2: TestResult;
  /** Largest gap of the cumulative shares (numeric): the Kolmogorov-Smirnov D as far as the bins see it. */
  ks: number | null;
  /** Change of the mean in standard deviations (divisor n) of the reference; null for a constant reference. */
  meanShiftSigma: number | null;
  /** Finite current rows outside of the reference range, as a share of the finite ones (numeric). */
  outOfRangeShare: number | null;
  nullShare: number | null;
  referenceNullShare: number | null;
  /** NaN and infinite rows as a share of all. */
  notFiniteShare: number | null;
  mismatchShare: number | null;
  /** Categories that the reference never had, as a share of the current ones (categorical). */
  newShare: number | null;
  status: "ok" | UndefinedReason;
};

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

const notFinite = (counts: FeatureCounts): number =>
  counts.kind === "numeric" ? counts.nanCount + counts.positiveInfinityCount + counts.negativeInfinityCount : counts.nanCount;

const meanShift = (reference: FeatureCounts, current: FeatureCounts): number | null => {
  if (reference.kind !== "numeric" || current.kind !== "numeric") return null;
  const { n, m2, mean, min, max } = reference.moments;
  if (n === 0 || current.moments.n === 0 || min === max || m2 <= 0) return null;
  return (current.moments.mean - mean) / Math.sqrt(m2 / n);
};

/**
 * Drift of a profile against the reference profile of the same spec: PSI (add-half), Jensen-Shannon distance (base 2), largest share
 * change, homogeneity chi-square, binned KS, mean shift; shares of rows that no bin can hold stand beside them. status is no_data
 * when a side has no comparable row. Raises `invalid` (stats.profile_mismatch) for profiles of different specs.
 */
export const driftOf = (reference: FeatureCounts, current: FeatureCounts): FeatureDrift => {
  const before = comparedCounts(reference);
  const now = comparedCounts(current);
  if (reference.kind !== current.kind || before.length !== now.length) {
    throw new AppError("invalid", "stats.profile_mismatch", "These profiles were counted with different references and can't be compared.");
  }
  const n = sum(now);
  const psi = populationStabilityIndex(before, now);
  return {
    n,
    referenceN: sum(before),
    bins: before.filter((count, i) => count > 0 || (now[i] ?? 0) > 0).length,
    psi: psi.value,
    jsDistance: jensenShannonDistance(before, now).value,
    linf: largestShareChange(before, now).value,
    chi2: chiSquareHomogeneity(before, now),
    ks: current.kind === "numeric" ? largestCumulativeGap(before, now) : null,
    meanShiftSigma: meanShift(reference, current),
    outOfRangeShare: current.kind === "numeric" ? share(current.belowRangeCount + current.aboveRangeCount, n) : null,
    nullShare: share(current.nullCount, current.rows),
    referenceNullShare: share(reference.nullCount, reference.rows),
    notFiniteShare: share(notFinite(current), current.rows),
    mismatchShare: share(current.mismatchCount, current.rows),
    newShare: current.kind === "categorical" ? share(current.unseen, n) : null,
    status: psi.status,
  };
};
