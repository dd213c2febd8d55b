import { agreementSequence } from "./beta-binomial";
import { type RateDetail } from "./difference-estimate";

export type Range = { lower: number; upper: number };

/**
 * Bounds of a difference of rates whose variance is taken at the bound itself (score bounds): the rates that a hypothetical difference
 * implies, stable - a x and candidate + (1 - a) x for a shift x with a = the candidate's share of rows. Without this, a small arm
 * that happens to have no events looks precise as well as good. `multiplier` is the half width in standard errors. C. W. Dunnett and
 * M. Gent, Biometrics 33, 1977, for the implied rates.
 */
export const scoreBounds = (difference: number, share: number, rates: RateDetail, multiplier: number): Range => {
  const { stable, candidate, stableSpread, candidateSpread } = rates;
  const square = multiplier * multiplier;
  // (shift)^2 = multiplier^2 * variance(shift) is a quadratic equation with one root on each side of 0.
  const a = 1 + square * (candidateSpread * (1 - share) ** 2 + stableSpread * share ** 2);
  const b = -square * (candidateSpread * (1 - 2 * candidate) * (1 - share) - stableSpread * (1 - 2 * stable) * share);
  const c = -square * (candidateSpread * candidate * (1 - candidate) + stableSpread * stable * (1 - stable));
  const root = Math.sqrt(b * b - 4 * a * c);
  return { lower: difference + (-b - root) / (2 * a), upper: difference + (-b + root) / (2 * a) };
};

/** Prior of Krichevsky and Trofimov: sharper than the uniform one for rare events. */
const rarePrior = { a: 0.5, b: 0.5 };

/**
 * Exact bounds of a difference of rates at level alpha, valid at every look: each arm's beta-binomial sequence at half the level, stratum
 * by stratum (stratum i spends alpha / ((i + 1)(i + 2))), narrowest bounds of all. Needs no asymptotics, so rare events show early.
 */
export const exactRateBounds = (rates: RateDetail, alpha: number): Range => {
  const bounds = { lower: -1, upper: 1 };
  rates.strata.forEach((stratum, i) => {
    const level = rates.strata.length === 1 ? alpha / 2 : alpha / (2 * (i + 1) * (i + 2));
    const stable = agreementSequence(stratum.stable.k, stratum.stable.n, level, rarePrior);
    const candidate = agreementSequence(stratum.candidate.k, stratum.candidate.n, level, rarePrior);
    if (stable.status !== "ok" || candidate.status !== "ok") return;
    bounds.lower = Math.max(bounds.lower, candidate.lower - stable.upper);
    bounds.upper = Math.min(bounds.upper, candidate.upper - stable.lower);
  });
  return bounds;
};
