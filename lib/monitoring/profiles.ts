import { countFeature, emptyCounts, type FeatureCounts, type FeatureSpec, LogHistogram, mergeCounts } from "@/lib/stats";

/** A feature of a pinned reference: where its values stand in a request, and how they are counted. */
export type ReferenceFeature = { name: string; input: string; index: number; datatype: string; spec: FeatureSpec };
export type ReferenceSpec = { features: ReferenceFeature[]; hasPredictions: boolean };
export type ReferenceCounts = { features: Record<string, FeatureCounts>; predictions: Record<string, number> | null };
/** A reference as profiles and judgements need it; immutable. */
export type PinnedReference = { id: string; versionId: string; rows: number; spec: ReferenceSpec; counts: ReferenceCounts };

/** What the window's rows held: features on the bins of the reference, predicted classes, calls that the client got wrong. */
export type ProfileCounts = { rejected: number; features: Record<string, FeatureCounts>; predictions: Record<string, number>; otherPredictions: number };
/** What labels say of the window's predictions: `confusion[label][predicted]`, and how late they came (milliseconds, log histogram). */
export type ProfilePerformance = { n: number; correct: number; confusion: Record<string, Record<string, number>>; delay: Record<string, number> };

/** Mergeable content of one window profile. */
export type Profile = { referenceId: string | null; requests: number; errors: number; profiled: number; labelled: number; latency: Record<string, number>; counts: ProfileCounts; performance: ProfilePerformance };

/** Classes that a window counts by name; further ones are counted together. */
const maxClasses = 1000;

export const emptyProfile = (referenceId: string | null = null): Profile => ({
  referenceId,
  requests: 0,
  errors: 0,
  profiled: 0,
  labelled: 0,
  latency: {},
  counts: { rejected: 0, features: {}, predictions: {}, otherPredictions: 0 },
  performance: { n: 0, correct: 0, confusion: {}, delay: {} },
});

/** Adds counts by key; entries that come to 0 vanish, so that a correction leaves no trace of what it took back. */
export const addCounts = (a: Record<string, number>, b: Record<string, number>): Record<string, number> => {
  const sum = new Map(Object.entries(a));
  for (const [key, count] of Object.entries(b)) sum.set(key, (sum.get(key) ?? 0) + count);
  return Object.fromEntries([...sum].filter(([, count]) => count !== 0));
};

const addPredictions = (a: ProfileCounts, b: ProfileCounts): Pick<ProfileCounts, "predictions" | "otherPredictions"> => {
  const predictions = { ...a.predictions };
  let otherPredictions = a.otherPredictions + b.otherPredictions;
  let size = Object.keys(predictions).length;
  for (const [key, count] of Object.entries(b.predictions)) {
    if (predictions[key] !== undefined) predictions[key] += count;
    else if (size < maxClasses) {
      predictions[key] = count;
      size += 1;
    } else otherPredictions += count;
  }
  return { predictions, otherPredictions };
};

const addFeatures = (a: Record<string, FeatureCounts>, b: Record<string, FeatureCounts>): Record<string, FeatureCounts> => {
  const sum = { ...a };
  for (const [name, counts] of Object.entries(b)) {
    const have = sum[name];
    sum[name] = have ? mergeCounts(have, counts) : counts;
  }
  return sum;
};

export const addPerformance = (a: ProfilePerformance, b: ProfilePerformance): ProfilePerformance => {
  const confusion = new Map(Object.entries(a.confusion));
  for (const [label, row] of Object.entries(b.confusion)) confusion.set(label, addCounts(confusion.get(label) ?? {}, row));
  return { n: a.n + b.n, correct: a.correct + b.correct, confusion: Object.fromEntries([...confusion].filter(([, row]) => Object.keys(row).length > 0)), delay: addCounts(a.delay, b.delay) };
};

/**
 * Adds two profiles: the result is the profile of all their rows together. Features are only added where both were counted with one
 * reference; those of `a` win, or of `b` where `a` has none.
 */
export const mergeProfiles = (a: Profile, b: Profile): Profile => {
  const isSame = a.referenceId === null || b.referenceId === null || a.referenceId === b.referenceId;
  return {
    referenceId: a.referenceId ?? b.referenceId,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    profiled: a.profiled + (isSame ? b.profiled : 0),
    labelled: a.labelled + b.labelled,
    latency: addCounts(a.latency, b.latency),
    counts: { rejected: a.counts.rejected + b.counts.rejected, ...addPredictions(a.counts, b.counts), features: isSame ? addFeatures(a.counts.features, b.counts.features) : a.counts.features },
    performance: addPerformance(a.performance, b.performance),
  };
};

/** Profiles columns of features (in the order of the reference) with the reference's bins. */
export const countColumns = (reference: PinnedReference, columns: readonly unknown[][]): Record<string, FeatureCounts> =>
  Object.fromEntries(reference.spec.features.map((feature, place) => [feature.name, columns[place]?.length ? countFeature(feature.spec, columns[place]) : emptyCounts(feature.spec)]));

/** Latencies in milliseconds as the counts of a log histogram. */
export const countLatency = (latenciesMs: Iterable<number>): Record<string, number> => LogHistogram.of(latenciesMs).histogram.toJSON();

/** Quantile of stored histogram counts, or null without values. */
export const quantileOf = (counts: Record<string, number>, q: number): number | null => LogHistogram.fromCounts(counts)?.quantile(q) ?? null;
