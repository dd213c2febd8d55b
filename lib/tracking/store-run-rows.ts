import type { Position } from "@/lib/core/keyset";
import { type Database, Prisma, readFound } from "@/lib/platform/db";

import type { RunRow } from "./store-runs";

/** A run with its place in the order that it was found in. */
export type PlacedRun = RunRow & { position: Position };

/** The run `r` and a position as one text: reading eleven columns of many rows costs several times as much. */
export const placedRun = (position: Prisma.Sql): Prisma.Sql => Prisma.sql`
  json_build_array(r.seq::text, r.run_id, r.experiment_number, r.name, r.user_name, r.status, r.lifecycle_stage, r.start_time, r.end_time, r.artifact_uri, ${position})::text AS found`;

type Packed = [string, string, number, string, string, string, string, number | null, number | null, string, Position];

/** Reads rows of `placedRun`. */
export const readPlaced = async (db: Database, sql: Prisma.Sql): Promise<PlacedRun[]> =>
  (await readFound<{ found: string }>(db, sql)).map(({ found }) => {
    const [seq, runId, experimentNumber, name, userName, status, lifecycleStage, startTime, endTime, artifactUri, position] = JSON.parse(found) as Packed;
    return { seq: BigInt(seq), runId, experimentNumber, name, userName, status, lifecycleStage, startTime, endTime, artifactUri, position };
  });
