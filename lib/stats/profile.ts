import { AppError } from "@/lib/core/errors";
import { nextUp } from "./arrays";
import { countCategories, emptyCategoricalCounts, mergeCategoricalCounts, specifyCategories, type CategoricalCounts, type CategoricalSpec } from "./categorical-profile";
import { countNumbers, emptyNumericCounts, mergeNumericCounts, specifyBins, type NumericCounts, type NumericSpec } from "./numeric-profile";

/** How a feature is counted, pinned to one reference: profiles of one spec add up for ever. Plain JSON. */
export type FeatureSpec = NumericSpec | CategoricalSpec;

/** What a set of rows held of one feature: whole counts, so merging is exact and order never matters. Plain JSON. */
export type FeatureCounts = NumericCounts | CategoricalCounts;

export type FeatureKind = FeatureSpec["kind"];

/** Rows of a feature as they come from JSON or a column; missing is null or undefined. */
export type FeatureValues = ArrayLike<unknown>;

export type ReferenceOptions = {
  /** Quantile bins of a numeric feature, 10 unless given. */
  bins?: number;
  /** Share of rows from which a single number has a bin of its own, 0.05 unless given. */
  pointShare?: number;
  /** Categories that keep a count of their own, the most frequent 1,000 unless given. */
  dictionarySize?: number;
};

/**
 * Pins the bins or the dictionary of a feature from reference rows and profiles those rows with it. numeric: quantile bins with equal
 * edges merged, point bins for heavy values (zeros!), both outer bins open-ended; categorical: the most frequent values, OTHER for
 * the rest of the reference, NEW for what it never had.
 */
export const buildFeatureReference = (values: FeatureValues, kind: FeatureKind, options: ReferenceOptions = {}): { spec: FeatureSpec; counts: FeatureCounts } => {
  const spec = kind === "numeric" ? specifyBins(values, options.bins ?? 10, options.pointShare ?? 0.05) : specifyCategories(values, options.dictionarySize ?? 1000);
  return { spec, counts: countFeature(spec, values) };
};

/** Profiles rows with a pinned spec. About 20 ms for a million numbers; every row is counted somewhere. */
export const countFeature = (spec: FeatureSpec, values: FeatureValues): FeatureCounts =>
  spec.kind === "numeric" ? countNumbers(spec, values) : countCategories(spec, values);

/** The profile of no rows: the identity of mergeCounts. */
export const emptyCounts = (spec: FeatureSpec): FeatureCounts => (spec.kind === "numeric" ? emptyNumericCounts(spec) : emptyCategoricalCounts(spec));

/**
 * Adds two profiles of one spec: the result equals the profile of all rows together (counts exactly, moments up to rounding). Raises
 * `invalid` (stats.profile_mismatch) when the profiles can't belong to one spec.
 */
export const mergeCounts = (a: FeatureCounts, b: FeatureCounts): FeatureCounts => {
  if (a.kind === "numeric" && b.kind === "numeric" && a.bins.length === b.bins.length) return mergeNumericCounts(a, b);
  if (a.kind === "categorical" && b.kind === "categorical" && a.values.length === b.values.length) return mergeCategoricalCounts(a, b);
  throw new AppError("invalid", "stats.profile_mismatch", "These profiles were counted with different references and can't be added.");
};

/** The counts that the distances compare: bins of numbers; dictionary, OTHER and NEW of categories. */
export const comparedCounts = (counts: FeatureCounts): number[] => (counts.kind === "numeric" ? counts.bins : [...counts.values, counts.other, counts.unseen]);

/** What each compared count stands for: a half-open range (null = open-ended), a single number, or a category. */
export type BinLabel = { from: number | null; to: number | null; point: number | null } | { category: string } | { rest: "other" | "new" };

/** Labels in the order of comparedCounts. */
export const labelBins = (spec: FeatureSpec): BinLabel[] => {
  if (spec.kind === "categorical") return [...spec.dictionary.map((category) => ({ category })), { rest: "other" }, { rest: "new" }];
  return Array.from({ length: spec.edges.length + 1 }, (_, i) => {
    const from = spec.edges[i - 1] ?? null;
    const to = spec.edges[i] ?? null;
    // Where a point is the lowest or highest value of the reference, its bin is open-ended on that side.
    return { from, to, point: spec.points.find((point) => point === from || (to !== null && to === nextUp(point))) ?? null };
  });
};
