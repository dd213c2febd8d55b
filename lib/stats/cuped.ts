import { at, mean, type Numbers } from "./arrays";
import { requireSameLength, type UndefinedReason } from "./result";

export type CupedArm = { pre: Numbers; post: Numbers };
export type CupedResult =
  | { theta: number; a: { mean: number; variance: number }; b: { mean: number; variance: number }; status: "ok" }
  | { theta: null; a: null; b: null; status: UndefinedReason };

/** Sums of products of deviations within one arm. */
const crossProducts = (arm: CupedArm) => {
  requireSameLength(arm.pre, arm.post, "pre and post");
  const preMean = mean(arm.pre) ?? 0;
  const postMean = mean(arm.post) ?? 0;
  let prePre = 0;
  let prePost = 0;
  let postPost = 0;
  for (let i = 0; i < arm.pre.length; i++) {
    const x = at(arm.pre, i) - preMean;
    const y = at(arm.post, i) - postMean;
    prePre += x * x;
    prePost += x * y;
    postPost += y * y;
  }
  return { n: arm.pre.length, preMean, postMean, prePre, prePost, postPost };
};

/**
 * Variance reduction by a covariate measured before treatment: theta = pooled within-arm cov(pre, post) / var(pre); adjusted mean =
 * mean(post) - theta mean(pre). Arms need two rows each; a constant covariate is `constant`. A. Deng et al., WSDM 2013.
 */
export const cuped = (a: CupedArm, b: CupedArm): CupedResult => {
  const ca = crossProducts(a);
  const cb = crossProducts(b);
  if (ca.n < 2 || cb.n < 2) return { theta: null, a: null, b: null, status: ca.n === 0 || cb.n === 0 ? "no_data" : "insufficient" };
  const spread = ca.prePre + cb.prePre;
  if (spread === 0) return { theta: null, a: null, b: null, status: "constant" };
  const theta = (ca.prePost + cb.prePost) / spread;
  const adjusted = (arm: typeof ca) => ({
    mean: arm.postMean - theta * arm.preMean,
    variance: (arm.postPost + theta * theta * arm.prePre - 2 * theta * arm.prePost) / (arm.n - 1),
  });
  return { theta, a: adjusted(ca), b: adjusted(cb), status: "ok" };
};
