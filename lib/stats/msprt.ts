/**
 * Mixture sequential probability ratio test with a normal prior N(theta0, tau2): L = sqrt(V/(V + n tau2)) exp(n^2 tau2 (d - theta0)^2 /
 * (2 V (V + n tau2))). `difference` is the mean over n pairs and V the variance of one pair (2 sigma^2). p = min(1, 1/L) is valid at
 * any look once its running minimum is kept. R. Johari et al., Always Valid Inference, arXiv 1512.04922.
 */
export const mixtureSprt = (input: { difference: number; variance: number; n: number; tau2: number; theta0?: number }): { likelihoodRatio: number; logLikelihoodRatio: number; p: number } => {
  const { difference, variance, n, tau2, theta0 = 0 } = input;
  const spread = variance + n * tau2;
  const logLikelihoodRatio = 0.5 * Math.log(variance / spread) + (n * n * tau2 * (difference - theta0) ** 2) / (2 * variance * spread);
  return { likelihoodRatio: Math.exp(logLikelihoodRatio), logLikelihoodRatio, p: Math.min(1, Math.exp(-logLikelihoodRatio)) };
};

/** The always-valid p after each look: the running minimum over the looks so far. */
export const runningMixtureSprt = (looks: readonly { n: number; difference: number }[], design: { variance: number; tau2: number; theta0?: number }): number[] => {
  let smallest = 1;
  return looks.map((look) => (smallest = Math.min(smallest, mixtureSprt({ ...look, ...design }).p)));
};
