import { benjaminiHochberg, chiSquareHomogeneity, comparedCounts, type FeatureCounts, jensenShannonDistance, populationStabilityIndex, wilsonInterval } from "@/lib/stats";

import type { PinnedReference, Profile } from "./profiles";
import type { DriftMeasure, FeatureTest, MonitorRule, ResultStatus } from "./schema";

/** What a monitor found in one window. `ratio` is the effect in units of its limit; `violated` counts towards an incident. */
export type Judgement = { status: ResultStatus; value: number | null; lower: number | null; upper: number | null; ratio: number | null; violated: boolean; rows: number; reason: string; features: FeatureTest[] };

export type JudgeInput = { rule: MonitorRule; minRows: number; profile: Profile | null; reference: PinnedReference | null; hasVersion: boolean };

/** An incident clears while every effect stays below this share of its limit. */
export const clearShare = 0.8;

const digits = (value: number): number => Number(value.toPrecision(5));
const rounded = (value: number | null): number | null => (value === null ? null : digits(value));
const nothing = (status: ResultStatus, rows: number, reason: string): Judgement => ({ status, value: null, lower: null, upper: null, ratio: null, violated: false, rows, reason, features: [] });

const effectOf = (measure: DriftMeasure, test: { psi: number | null; js: number | null }): number | null => (measure === "psi" ? test.psi : test.js);

type Compared = { name: string; reference: number[]; current: number[]; shift: number | null };

const shiftOf = (reference: FeatureCounts, current: FeatureCounts): number | null => {
  if (reference.kind !== "numeric" || current.kind !== "numeric" || reference.moments.n < 2 || current.moments.n === 0) return null;
  const spread = Math.sqrt(reference.moments.m2 / (reference.moments.n - 1));
  return spread > 0 ? (current.moments.mean - reference.moments.mean) / spread : null;
};

/**
 * Tests features against the reference on its own bins: homogeneity chi-square with Benjamini and Hochberg's correction over the features,
 * and the effect (PSI add-half or JS distance) against its limit. A feature is over when both say so.
 */
export const testFeatures = (compared: readonly Compared[], rule: { measure: DriftMeasure; limit: number; alpha: number }): FeatureTest[] => {
  const tests = compared.map(({ name, reference, current, shift }) => ({
    name,
    shift: rounded(shift),
    n: current.reduce((sum, count) => sum + count, 0),
    psi: populationStabilityIndex(reference, current).value,
    js: jensenShannonDistance(reference, current).value,
    p: chiSquareHomogeneity(reference, current).p,
  }));
  const adjusted = benjaminiHochberg(tests.map((test) => test.p ?? 1));
  return tests.map((test, place) => {
    const effect = effectOf(rule.measure, test);
    const p = test.p === null ? null : (adjusted[place] ?? 1);
    return { name: test.name, psi: rounded(test.psi), js: rounded(test.js), p: rounded(p), ratio: effect === null ? null : digits(effect / rule.limit), shift: test.shift, n: test.n, isOver: effect !== null && p !== null && p < rule.alpha && effect >= rule.limit };
  });
};

const worstFirst = (features: FeatureTest[]): FeatureTest[] => [...features].sort((a, b) => (b.ratio ?? -1) - (a.ratio ?? -1));

const judgeTests = (tests: FeatureTest[], rows: number, what: (over: FeatureTest[]) => string): Judgement => {
  const over = worstFirst(tests.filter((test) => test.isOver));
  const worst = worstFirst(tests)[0];
  return { status: over.length > 0 ? "WARNING" : "OK", value: worst?.ratio ?? null, lower: null, upper: null, ratio: worst?.ratio ?? null, violated: over.length > 0, rows, reason: what(over), features: tests };
};

const judgeDrift = (rule: Extract<MonitorRule, { kind: "drift" }>, minRows: number, profile: Profile, reference: PinnedReference): Judgement => {
  if (profile.referenceId !== reference.id || profile.profiled < minRows) return nothing("INSUFFICIENT", profile.profiled, `${profile.profiled} of ${minRows} profiled rows.`);
  const chosen = reference.spec.features.filter((feature) => !rule.params.features || rule.params.features.includes(feature.name));
  const compared = chosen.flatMap((feature): Compared[] => {
    const before = reference.counts.features[feature.name];
    const current = profile.counts.features[feature.name];
    return before && current ? [{ name: feature.name, reference: comparedCounts(before), current: comparedCounts(current), shift: shiftOf(before, current) }] : [];
  });
  const tests = testFeatures(compared, rule.params);
  return judgeTests(tests, profile.profiled, (over) => (over.length === 0 ? `None of ${tests.length} features is over its limit.` : `${over.length} of ${tests.length} features over their limit.`));
};

const judgePredictions = (rule: Extract<MonitorRule, { kind: "prediction_drift" }>, minRows: number, profile: Profile, reference: PinnedReference): Judgement => {
  const expected = reference.counts.predictions;
  if (!expected) return nothing("NO_DATA", 0, "The pinned reference has no predicted classes; pin one with a prediction column.");
  const { predictions, otherPredictions } = profile.counts;
  const rows = Object.values(predictions).reduce((sum, count) => sum + count, otherPredictions);
  if (rows < minRows) return nothing("INSUFFICIENT", rows, `${rows} of ${minRows} predictions.`);
  const classes = [...new Set([...Object.keys(expected), ...Object.keys(predictions)])].sort();
  const counts = (of: Record<string, number>, rest: number): number[] => [...classes.map((value) => of[value] ?? 0), rest];
  const tests = testFeatures([{ name: "prediction", reference: counts(expected, 0), current: counts(predictions, otherPredictions), shift: null }], rule.params);
  return judgeTests(tests, rows, (over) => (over.length === 0 ? "The mix of predicted classes is like the reference's." : "The mix of predicted classes is over its limit."));
};

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

const judgePerformance = ({ params }: Extract<MonitorRule, { kind: "performance" }>, minRows: number, profile: Profile): Judgement => {
  const { n, correct } = profile.performance;
  if (n < minRows) return nothing("INSUFFICIENT", n, `${n} of ${minRows} labelled predictions.`);
  const interval = wilsonInterval(correct, n, params.confidence);
  const accuracy = correct / n;
  const isBelow = interval.status === "ok" && interval.upper < params.line;
  const mayBeBelow = accuracy < params.line;
  const ratio = params.line < 1 ? (1 - accuracy) / (1 - params.line) : accuracy < 1 ? 2 : 0;
  const bounds = `${percent(interval.lower ?? 0)} to ${percent(interval.upper ?? 1)}`;
  const reason = isBelow ? `Accuracy ${percent(accuracy)} (${bounds}) is below ${percent(params.line)}.` : mayBeBelow ? `Accuracy ${percent(accuracy)} is below ${percent(params.line)}, but could be above it (${bounds}).` : `Accuracy ${percent(accuracy)} (${bounds}).`;
  return { status: isBelow ? "CRITICAL" : mayBeBelow ? "WARNING" : "OK", value: digits(accuracy), lower: rounded(interval.lower), upper: rounded(interval.upper), ratio: digits(ratio), violated: isBelow, rows: n, reason, features: [] };
};

const judgeErrors = ({ params }: Extract<MonitorRule, { kind: "error_rate" }>, minRows: number, profile: Profile): Judgement => {
  const { requests: n, errors } = profile;
  if (n < minRows) return nothing("INSUFFICIENT", n, `${n} of ${minRows} requests.`);
  const interval = wilsonInterval(errors, n, params.confidence);
  const rate = errors / n;
  const isOver = interval.status === "ok" && interval.lower > params.limit;
  const bounds = `${percent(interval.lower ?? 0)} to ${percent(interval.upper ?? 1)}`;
  const ratio = params.limit > 0 ? rate / params.limit : errors > 0 ? 2 : 0;
  return { status: isOver ? "CRITICAL" : rate > params.limit ? "WARNING" : "OK", value: digits(rate), lower: rounded(interval.lower), upper: rounded(interval.upper), ratio: digits(ratio), violated: isOver, rows: n, reason: `Error rate ${percent(rate)} (${bounds})${isOver ? ` is above ${percent(params.limit)}` : ""}.`, features: [] };
};

/** Judges one window by a monitor's rule. No event is NO_DATA, fewer rows than the minimum INSUFFICIENT: neither opens nor clears anything. */
export const judgeWindow = ({ rule, minRows, profile, reference, hasVersion }: JudgeInput): Judgement => {
  if (!hasVersion) return nothing("NO_DATA", 0, "No version served the endpoint.");
  if (!profile || profile.requests === 0) return nothing("NO_DATA", 0, "No prediction in this window.");
  switch (rule.kind) {
    case "drift":
      return reference ? judgeDrift(rule, minRows, profile, reference) : nothing("NO_DATA", 0, "The serving version has no pinned reference to compare with.");
    case "prediction_drift":
      return reference ? judgePredictions(rule, minRows, profile, reference) : nothing("NO_DATA", 0, "The serving version has no pinned reference to compare with.");
    case "performance":
      return judgePerformance(rule, minRows, profile);
    case "error_rate":
      return judgeErrors(rule, minRows, profile);
  }
};
