import type { Tx } from "@/lib/platform/db";

/** Running totals of one arm under one route revision. `latency` maps buckets of a log histogram to counts. */
export type ArmTotals = { requests: number; errors: number; units: number; labelled: number; lossSum: number; lossSumSquares: number; latency: Record<string, number> };
export type ArmRow = ArmTotals & { routeNumber: number; arm: string; versionId: string; firstAt: Date; lastAt: Date };
export type PairTotals = { pairs: number; agreed: number; labelledPairs: number; lossDiffSum: number; lossDiffSumSquares: number; onlyStableRight: number; onlyShadowRight: number };

/** Totals of every arm under the given routes of an endpoint. */
export const readArmTotals = async (tx: Tx, endpointId: string, routeNumbers: number[]): Promise<ArmRow[]> => {
  const rows = await tx.armStats.findMany({ where: { endpointId, routeNumber: { in: routeNumbers } }, orderBy: [{ routeNumber: "asc" }, { arm: "asc" }] });
  return rows.map((row) => ({ ...row, latency: row.latency as Record<string, number> }));
};

/** Totals of stable and shadow answers to the same requests, added over the given routes. */
export const readPairTotals = async (tx: Tx, endpointId: string, routeNumbers: number[]): Promise<PairTotals> => {
  const { _sum } = await tx.pairStats.aggregate({
    where: { endpointId, routeNumber: { in: routeNumbers } },
    _sum: { pairs: true, agreed: true, labelledPairs: true, lossDiffSum: true, lossDiffSumSquares: true, onlyStableRight: true, onlyShadowRight: true },
  });
  return {
    pairs: _sum.pairs ?? 0,
    agreed: _sum.agreed ?? 0,
    labelledPairs: _sum.labelledPairs ?? 0,
    lossDiffSum: _sum.lossDiffSum ?? 0,
    lossDiffSumSquares: _sum.lossDiffSumSquares ?? 0,
    onlyStableRight: _sum.onlyStableRight ?? 0,
    onlyShadowRight: _sum.onlyShadowRight ?? 0,
  };
};
