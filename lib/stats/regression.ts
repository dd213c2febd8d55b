import { at } from "./arrays";
import { emptyMoments, mergeMoments, momentsOf, type Moments } from "./moments";
import { requireSameLength } from "./result";

/** Mergeable profile of regression errors (prediction - target): windows add up exactly to what the rows together would give. */
export type RegressionProfile = { errors: Moments; targets: Moments; absoluteErrorSum: number; relativeErrorSum: number; zeroTargets: number };

export const emptyRegressionProfile = (): RegressionProfile => ({ errors: emptyMoments(), targets: emptyMoments(), absoluteErrorSum: 0, relativeErrorSum: 0, zeroTargets: 0 });

/** Profiles complete rows of target and prediction. */
export const regressionProfileOf = (targets: ArrayLike<number>, predictions: ArrayLike<number>): RegressionProfile => {
  requireSameLength(targets, predictions, "targets and predictions");
  const errors = Float64Array.from(targets, (target, i) => at(predictions, i) - target);
  let absoluteErrorSum = 0;
  let relativeErrorSum = 0;
  let zeroTargets = 0;
  errors.forEach((error, i) => {
    absoluteErrorSum += Math.abs(error);
    if (at(targets, i) === 0) zeroTargets++;
    else relativeErrorSum += Math.abs(error / at(targets, i));
  });
  return { errors: momentsOf(errors), targets: momentsOf(targets), absoluteErrorSum, relativeErrorSum, zeroTargets };
};

export const mergeRegressionProfiles = (a: RegressionProfile, b: RegressionProfile): RegressionProfile => ({
  errors: mergeMoments(a.errors, b.errors),
  targets: mergeMoments(a.targets, b.targets),
  absoluteErrorSum: a.absoluteErrorSum + b.absoluteErrorSum,
  relativeErrorSum: a.relativeErrorSum + b.relativeErrorSum,
  zeroTargets: a.zeroTargets + b.zeroTargets,
});

/**
 * MAE, MSE, RMSE, mean error, MAPE (a fraction over nonzero targets) and R^2 = 1 - SSE/SST. Without rows all are null; MAPE is null when
 * every target is 0, R^2 when the targets do not vary.
 */
export const regressionMetrics = (profile: RegressionProfile) => {
  const { errors, targets } = profile;
  const n = errors.n;
  const squares = errors.m2 + n * errors.mean * errors.mean;
  const share = (value: number): number | null => (n === 0 ? null : value / n);
  return {
    n,
    mae: share(profile.absoluteErrorSum),
    mse: share(squares),
    rmse: n === 0 ? null : Math.sqrt(squares / n),
    mape: n - profile.zeroTargets > 0 ? profile.relativeErrorSum / (n - profile.zeroTargets) : null,
    mapeSkippedZero: profile.zeroTargets,
    r2: n > 0 && targets.m2 > 0 && targets.min !== targets.max ? 1 - squares / targets.m2 : null,
    meanError: n === 0 ? null : errors.mean,
  };
};
