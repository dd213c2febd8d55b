import { at, countBelow, sum, sumOfSquaredDeviations } from "./arrays";
import { normalUpperQuantile } from "./normal";
import { measured, requireSameLength, unmeasured, type Measure, type UndefinedReason } from "./result";

/** Rows that share one score, by increasing score: weight of positives and of negatives. */
type ScoreGroup = { score: number; positive: number; negative: number };

/** Groups rows of equal score; each row is `positive[i]` of a positive and `negative[i]` of a negative. */
const groupByScore = (scores: ArrayLike<number>, positive: ArrayLike<number>): ScoreGroup[] => {
  requireSameLength(scores, positive, "labels and scores");
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => at(scores, i) - at(scores, j));
  const groups: ScoreGroup[] = [];
  for (const i of order) {
    const last = groups[groups.length - 1];
    if (last && last.score === at(scores, i)) {
      last.positive += at(positive, i);
      last.negative += 1 - at(positive, i);
    } else groups.push({ score: at(scores, i), positive: at(positive, i), negative: 1 - at(positive, i) });
  }
  return groups;
};

const classStatus = (rows: number): UndefinedReason => (rows === 0 ? "no_data" : "one_class");

/** Area under the ROC curve of groups in increasing order; inside a group positives beat negatives half of the time. */
const aucOfGroups = (groups: readonly { positive: number; negative: number }[]): Measure => {
  const positives = sum(groups.map((group) => group.positive));
  const negatives = sum(groups.map((group) => group.negative));
  if (!(positives > 0) || !(negatives > 0)) return unmeasured(classStatus(positives + negatives));
  let below = 0;
  const wins = groups.map((group) => {
    const won = group.positive * (below + group.negative / 2);
    below += group.negative;
    return won;
  });
  return measured(sum(wins) / positives / negatives);
};

/** Area under the ROC curve of labels 0/1 and scores; ties count 0.5. One class only: one_class. */
export const rocAuc = (labels: ArrayLike<number>, scores: ArrayLike<number>): Measure => aucOfGroups(groupByScore(scores, labels));

/** Expected ROC AUC without labels: a row counts as p of a positive and 1 - p of a negative at its raw score (CBPE of NannyML, ties grouped). */
export const estimatedRocAuc = (calibrated: ArrayLike<number>, scores: ArrayLike<number>): Measure => aucOfGroups(groupByScore(scores, calibrated));

/** Positives and negatives by score bin, bins in increasing order of score: exact under addition, so windows merge. */
export type ScoreBins = { positives: number[]; negatives: number[] };

/** Counts labels 0/1 by bin = min(bins - 1, floor(score * bins)) for scores in 0..1. */
export const scoreBinsOf = (labels: ArrayLike<number>, scores: ArrayLike<number>, bins: number): ScoreBins => {
  requireSameLength(labels, scores, "labels and scores");
  const counts: ScoreBins = { positives: new Array<number>(bins).fill(0), negatives: new Array<number>(bins).fill(0) };
  for (let i = 0; i < labels.length; i++) {
    const bin = Math.max(0, Math.min(bins - 1, Math.floor(at(scores, i) * bins)));
    const side = at(labels, i) === 1 ? counts.positives : counts.negatives;
    side[bin] = at(side, bin) + 1;
  }
  return counts;
};

/** ROC AUC from score bins, with the largest error that the binning can cause: sum pos neg of the same bin / (2 P N). */
export const rocAucOfBins = (bins: ScoreBins): { auc: number; errorBound: number; status: "ok" } | { auc: null; errorBound: null; status: UndefinedReason } => {
  const groups = bins.positives.map((positive, i) => ({ positive, negative: at(bins.negatives, i) }));
  const auc = aucOfGroups(groups);
  if (auc.value === null) return { auc: null, errorBound: null, status: auc.status };
  const inside = sum(groups.map((group) => group.positive * group.negative));
  return { auc: auc.value, errorBound: inside / (2 * sum(bins.positives) * sum(bins.negatives)), status: "ok" };
};

/** Average precision: sum over distinct scores, highest first, of recall step * precision after the whole group. No positive: one_class. */
export const averagePrecision = (labels: ArrayLike<number>, scores: ArrayLike<number>): Measure => {
  const groups = groupByScore(scores, labels);
  const positives = sum(groups.map((group) => group.positive));
  if (positives === 0) return unmeasured(classStatus(groups.length));
  let found = 0;
  let seen = 0;
  let total = 0;
  for (const group of groups.reverse()) {
    found += group.positive;
    seen += group.positive + group.negative;
    total += (group.positive / positives) * (found / seen);
  }
  return measured(total);
};

export type AucStandardError =
  | { auc: number; nPositive: number; nNegative: number; seDelong: number | null; seHanleyMcneil: number; hanleyMcneilLower: number; hanleyMcneilUpper: number; status: "ok" }
  | { auc: null; nPositive: number; nNegative: number; seDelong: null; seHanleyMcneil: null; hanleyMcneilLower: null; hanleyMcneilUpper: null; status: UndefinedReason };

/**
 * Standard errors of the ROC AUC: DeLong (E. R. DeLong et al., Biometrics 44, 1988; null with fewer than two rows of a class) and
 * Hanley-McNeil (Radiology 143, 1982) with its 95 % interval, not clipped to 0..1.
 */
export const aucStandardError = (labels: ArrayLike<number>, scores: ArrayLike<number>): AucStandardError => {
  requireSameLength(labels, scores, "labels and scores");
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < labels.length; i++) (at(labels, i) === 1 ? positive : negative).push(at(scores, i));
  const sizes = { nPositive: positive.length, nNegative: negative.length };
  const auc = rocAuc(labels, scores).value;
  if (auc === null) return { auc, ...sizes, seDelong: null, seHanleyMcneil: null, hanleyMcneilLower: null, hanleyMcneilUpper: null, status: classStatus(labels.length) };
  const placements = (from: number[], among: number[]): number[] => {
    const sorted = Float64Array.from(among).sort();
    return from.map((score) => (countBelow(sorted, score, "left") + countBelow(sorted, score, "right")) / 2 / sorted.length);
  };
  const variance = (values: number[]): number => sumOfSquaredDeviations(values) / (values.length - 1) / values.length;
  const seDelong = Math.min(positive.length, negative.length) < 2 ? null : Math.sqrt(variance(placements(positive, negative)) + variance(placements(negative, positive)));
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const spread = auc * (1 - auc) + (positive.length - 1) * (q1 - auc * auc) + (negative.length - 1) * (q2 - auc * auc);
  const seHanleyMcneil = Math.sqrt(Math.max(0, spread / (positive.length * negative.length)));
  const half = normalUpperQuantile(0.025) * seHanleyMcneil;
  return { auc, ...sizes, seDelong, seHanleyMcneil, hanleyMcneilLower: auc - half, hanleyMcneilUpper: auc + half, status: "ok" };
};
