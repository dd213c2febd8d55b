import type { Tx } from "@/lib/platform/db";

import { addToPairs, type PairDelta, readOutcomes, type StoredOutcome } from "./store-counts";
import type { Outcome } from "./tally";

/** The two answers to one prediction: the one that the caller got, and the shadow's. */
export type Pair<Leg> = { main: Leg; shadow: Leg };

/** Finds the pairs among legs of predictions: both sides answered. */
export const pairUp = <Leg extends { predictionId: string; arm: string; predicted: string | null }>(legs: readonly Leg[]): Pair<Leg>[] => {
  const mains = new Map<string, Leg>();
  for (const leg of legs) if (leg.arm !== "shadow" && leg.predicted !== null) mains.set(leg.predictionId, leg);
  return legs.flatMap((shadow) => {
    const main = shadow.arm === "shadow" && shadow.predicted !== null ? mains.get(shadow.predictionId) : undefined;
    return main ? [{ main, shadow }] : [];
  });
};

export const emptyPairDelta = (leg: Pick<Outcome, "workspaceId" | "endpointId" | "routeNumber">): PairDelta => ({
  workspaceId: leg.workspaceId,
  endpointId: leg.endpointId,
  routeNumber: leg.routeNumber,
  pairs: 0,
  agreed: 0,
  labelledPairs: 0,
  lossDiffSum: 0,
  lossDiffSumSquares: 0,
  onlyStableRight: 0,
  onlyShadowRight: 0,
});

/** Sums deltas of pairs by endpoint and route, the main answer's. */
export class PairSums {
  private readonly sums = new Map<string, PairDelta>();

  of(leg: Pick<Outcome, "workspaceId" | "endpointId" | "routeNumber">): PairDelta {
    const key = `${leg.endpointId} ${leg.routeNumber}`;
    const known = this.sums.get(key) ?? emptyPairDelta(leg);
    this.sums.set(key, known);
    return known;
  }

  all(): PairDelta[] {
    return [...this.sums.values()];
  }
}

/** Adds (`sign` 1) or takes back (−1) what a labelled pair says: the difference of losses, shadow minus main. */
export const addPairLoss = (sums: PairDelta, mainLoss: number, shadowLoss: number, sign: 1 | -1): void => {
  const difference = shadowLoss - mainLoss;
  sums.labelledPairs += sign;
  sums.lossDiffSum += sign * difference;
  sums.lossDiffSumSquares += sign * difference * difference;
  if (mainLoss === 0 && shadowLoss > 0) sums.onlyStableRight += sign;
  if (shadowLoss === 0 && mainLoss > 0) sums.onlyShadowRight += sign;
};

/**
 * Counts the pairs that the legs just stored complete. Whichever leg comes second finds the other one, and the endpoint's lock lets no
 * third party in between, so a pair counts exactly once.
 */
export const countPairs = async (tx: Tx, added: readonly Outcome[], first: Date, last: Date): Promise<void> => {
  const ids = [...new Set(added.filter((leg) => leg.predicted !== null).map((leg) => leg.predictionId))];
  const stored: StoredOutcome[] = await readOutcomes(tx, ids, new Date(first.getTime() - 1_000), new Date(last.getTime() + 1_000));
  const sums = new PairSums();
  for (const { main, shadow } of pairUp(stored)) {
    const sum = sums.of(main);
    sum.pairs += 1;
    if (main.predicted === shadow.predicted) sum.agreed += 1;
  }
  await addToPairs(tx, sums.all());
};
