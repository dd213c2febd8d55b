import { at, sum } from "./arrays";
import { type Confusion } from "./classification";
import { measured, requireSameLength, unmeasured, type Measure } from "./result";

const meanOf = (labels: ArrayLike<number>, scores: ArrayLike<number>, loss: (label: number, score: number) => number): Measure => {
  requireSameLength(labels, scores, "labels and scores");
  if (labels.length === 0) return unmeasured("no_data");
  return measured(sum(Array.from(labels, (label, i) => loss(label, at(scores, i)))) / labels.length);
};

/** Brier score: mean (score - label)^2 of labels 0/1. */
export const brierScore = (labels: ArrayLike<number>, scores: ArrayLike<number>): Measure => meanOf(labels, scores, (label, score) => (score - label) ** 2);

/** Log loss: mean -ln of the probability given to the observed class, at least 1e-15. */
export const logLoss = (labels: ArrayLike<number>, scores: ArrayLike<number>): Measure =>
  meanOf(labels, scores, (label, score) => -Math.log(Math.max(label === 1 ? score : 1 - score, 1e-15)));

/**
 * Expected calibration error: sum over nonempty bins of n_b/n * |mean score - mean label|. equal_width: bin = min(bins - 1,
 * floor(score * bins)); equal_count: stable order by score cut in contiguous parts, larger parts first.
 */
export const expectedCalibrationError = (labels: ArrayLike<number>, scores: ArrayLike<number>, bins: number, binning: "equal_width" | "equal_count"): Measure => {
  requireSameLength(labels, scores, "labels and scores");
  const n = labels.length;
  if (n === 0) return unmeasured("no_data");
  const gaps = new Array<number>(bins).fill(0);
  const add = (bin: number, i: number): void => {
    gaps[bin] = at(gaps, bin) + at(scores, i) - at(labels, i);
  };
  if (binning === "equal_width") for (let i = 0; i < n; i++) add(Math.max(0, Math.min(bins - 1, Math.floor(at(scores, i) * bins))), i);
  else {
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(scores, i) - at(scores, j));
    const size = Math.floor(n / bins);
    const larger = n % bins;
    order.forEach((row, position) => add(position < larger * (size + 1) ? Math.floor(position / (size + 1)) : larger + Math.floor((position - larger * (size + 1)) / size), row));
  }
  return measured(sum(gaps.map(Math.abs)) / n);
};

/** Non-decreasing least-squares fit of values in the order of x, equal weights (pool adjacent violators; M. Ayer et al., 1955). */
export const isotonicFit = (y: ArrayLike<number>): number[] => {
  const blocks: { total: number; size: number }[] = [];
  for (let i = 0; i < y.length; i++) {
    let block = { total: at(y, i), size: 1 };
    for (let last = blocks[blocks.length - 1]; last && last.total * block.size > block.total * last.size; last = blocks[blocks.length - 1]) {
      block = { total: last.total + block.total, size: last.size + block.size };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) => new Array<number>(block.size).fill(block.total / block.size));
};

/**
 * Expected confusion without labels from calibrated probabilities p and decisions 0/1: TP = sum p over decided 1, FP = sum 1 - p, and so
 * on (CBPE of NannyML). It takes p as true: a change of P(y|x) stays invisible. Feed it to classificationMetrics.
 */
export const estimatedConfusion = (calibrated: ArrayLike<number>, decisions: ArrayLike<number>): Confusion => {
  requireSameLength(calibrated, decisions, "probabilities and decisions");
  const sums = (decided: boolean, of: (p: number) => number): number => sum(Array.from(calibrated, (p, i) => ((at(decisions, i) === 1) === decided ? of(p) : 0)));
  return { tp: sums(true, (p) => p), fp: sums(true, (p) => 1 - p), fn: sums(false, (p) => p), tn: sums(false, (p) => 1 - p) };
};
