import { AppError } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";

import * as store from "./store-series";

type Grid = { from: number; width: number };
type Target = store.SeriesTarget & { bound: store.Bounds };
type Reading = { keyId: number; targets: readonly Target[]; range: store.SeriesRange };

/** One bucket of one run; `ends` are of its finite points, absent when it has none. */
export type BucketRow = {
  seq: bigint; bucket: number; total: number; finite: number; nan: number; inf: number; anyX: number; sum: number | null;
  ends: { firstX: number; first: number; lastX: number; last: number; min: number; max: number } | undefined;
};

/** Buckets that a call may ask of a run at most. */
const maxCells = 5_000;

const nameOf = ({ seq, bucket }: { seq: bigint; bucket: number }): string => `${seq} ${bucket}`;
const isOdd = ({ min, max }: store.QuickRow): boolean => !Number.isFinite(min) || !Number.isFinite(max);

/** Buckets of runs: a quick pass over all points, a careful one where a value is no number, and probes for the ends. */
export const readBuckets = async (tx: Tx, reading: Reading, grid: Grid): Promise<BucketRow[]> => {
  const { keyId, targets, range } = reading;
  const rows = range.axis === "step" ? await store.readStepCells(tx, keyId, targets.flatMap((target) => cellsOf(target, grid, range))) : await store.readTimeCells(tx, reading, grid);
  const careful = new Map((await readOdd(tx, reading, grid, rows.filter(isOdd))).map((row) => [nameOf(row), row]));
  const seen = rows.map((row) => ({ row, odd: isOdd(row) ? careful.get(nameOf(row)) : undefined }));
  const cells = seen.flatMap(({ row, odd }): store.Cell[] => {
    const { stepFrom, stepTo, timeFrom, timeTo } = odd ?? row;
    return stepFrom === null || stepTo === null || timeFrom === null || timeTo === null ? [] : [{ seq: row.seq, bucket: row.bucket, stepFrom, stepTo, timeFrom, timeTo }];
  });
  const ends = new Map((cells.length > 0 ? await store.readEnds(tx, keyId, range.axis, cells) : []).map((row) => [nameOf(row), row]));
  return seen.map(({ row, odd }) => {
    const own = ends.get(nameOf(row));
    const { firstX, lastX, min, max } = odd ?? row;
    const found = own && firstX !== null && lastX !== null && min !== null && max !== null ? { firstX, first: own.first, lastX, last: own.last, min, max } : undefined;
    return { seq: row.seq, bucket: row.bucket, total: row.total, finite: odd ? odd.finite : row.total, nan: odd?.nan ?? 0, inf: odd?.inf ?? 0, anyX: odd?.anyX ?? row.firstX, sum: row.sum, ends: found };
  });
};

const readOdd = async (tx: Tx, { keyId, targets, range }: Reading, grid: Grid, odd: readonly store.QuickRow[]): Promise<store.CarefulRow[]> => {
  if (odd.length === 0) return [];
  if (range.axis === "step") return store.readOddSteps(tx, keyId, odd);
  const seqs = new Set(odd.map(({ seq }) => seq));
  return store.readOddTimes(tx, { keyId, targets: targets.filter(({ seq }) => seqs.has(seq)), range }, grid);
};

const cellsOf = ({ seq, bound }: Target, grid: Grid, range: store.SeriesRange): store.Cell[] => {
  const [from, to] = [Math.max(range.from, bound.stepFrom), Math.min(range.to, bound.stepTo)];
  if (from > to) return [];
  if ((to - from) / grid.width > maxCells) throw new AppError("invalid", "series.grid_too_fine", `The grid cuts this range into more than ${maxCells} buckets. Ask without gridFrom and gridWidth for a grid that fits.`);
  return store.stepCells(seq, grid, { from, to });
};
