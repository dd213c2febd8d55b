import type { Position } from "@/lib/core/keyset";
import type { Prisma, Tx } from "@/lib/platform/db";

import { type RawRun, type RunRow, toRunRow } from "./store-runs";

/** A run with its place in the order that it was found in. */
export type PlacedRun = RunRow & { position: Position };

export const readPlaced = async (tx: Tx, sql: Prisma.Sql): Promise<PlacedRun[]> => (await tx.$queryRaw<(RawRun & { position: Position })[]>(sql)).map(({ position, ...row }) => ({ ...toRunRow(row), position }));
