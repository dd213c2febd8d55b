import { at } from "./arrays";
import { requireSameLength } from "./result";

/** Confusion counts of a yes/no decision; expected counts (CBPE) may be fractions. */
export type Confusion = { tp: number; fp: number; fn: number; tn: number };

/** Counts decisions `score >= threshold` against labels 0/1. */
export const confusionOf = (labels: ArrayLike<number>, scores: ArrayLike<number>, threshold: number): Confusion => {
  requireSameLength(labels, scores, "labels and scores");
  const confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < labels.length; i++) {
    const decided = at(scores, i) >= threshold;
    if (at(labels, i) === 1) confusion[decided ? "tp" : "fn"]++;
    else confusion[decided ? "fp" : "tn"]++;
  }
  return confusion;
};

/** Adds confusion counts of two parts. */
export const mergeConfusions = (a: Confusion, b: Confusion): Confusion => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn });

const ratio = (numerator: number, denominator: number): number | null => (denominator === 0 ? null : numerator / denominator);

/**
 * Rates of a confusion table: accuracy, precision, recall, specificity, F1, Matthews correlation, Cohen's kappa. A rate whose
 * denominator is 0 is null (no positives, nothing predicted positive, no rows).
 */
export const classificationMetrics = (confusion: Confusion) => {
  const { tp, fp, fn, tn } = confusion;
  const n = tp + fp + fn + tn;
  const expected = n === 0 ? 1 : ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / (n * n);
  return {
    ...confusion,
    n,
    accuracy: ratio(tp + tn, n),
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    specificity: ratio(tn, tn + fp),
    f1: ratio(tp, tp + 0.5 * (fp + fn)),
    mcc: ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn))),
    kappa: n === 0 ? null : ratio((tp + tn) / n - expected, 1 - expected),
  };
};

/** Sum of the value of each outcome times its count; matrix [[TN, FP], [FN, TP]] in any unit of value (NannyML's business value). */
export const businessValue = (matrix: readonly [readonly [number, number], readonly [number, number]], confusion: Confusion): number =>
  matrix[0][0] * confusion.tn + matrix[0][1] * confusion.fp + matrix[1][0] * confusion.fn + matrix[1][1] * confusion.tp;
