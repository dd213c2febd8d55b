import { Pool } from "pg";

import { poolMax } from "@/lib/platform/db";
import type { Env } from "@/lib/platform/env";

/** A batch of the inference log that nobody may have counted yet. */
export type BatchRow = { id: string; rows: number; firstAt: Date | null; lastAt: Date | null };

/** A call of the log with what was kept of its bodies. */
export type LoggedCall = {
  at: Date;
  predictionId: string;
  arm: string;
  workspaceId: string;
  endpointId: string;
  versionId: string | null;
  routeNumber: number;
  batchId: string;
  requestId: string | null;
  unit: string;
  status: number;
  latencyUs: number;
  request: Buffer | null;
  response: Buffer | null;
};

const pools = new Map<string, Pool>();

/** The log may live in a database of its own; a process holds at most two connections to it. */
const logPool = (env: Pick<Env, "logDatabaseUrl">): Pool => {
  const known = pools.get(env.logDatabaseUrl);
  if (known) return known;
  const pool = new Pool({ connectionString: env.logDatabaseUrl, max: poolMax.consumer, idleTimeoutMillis: 10_000, connectionTimeoutMillis: 5_000, statement_timeout: 15_000, application_name: "slipway-consumer", allowExitOnIdle: true });
  // An idle connection that breaks is replaced at the next query, which reports what is wrong.
  pool.on("error", () => undefined);
  pools.set(env.logDatabaseUrl, pool);
  return pool;
};

/** Ends the pool of a log, where a process is done with it. */
export const closeLogPool = async (env: Pick<Env, "logDatabaseUrl">): Promise<void> => {
  const pool = pools.get(env.logDatabaseUrl);
  pools.delete(env.logDatabaseUrl);
  await pool?.end();
};

/** Batches without the hint that they are counted, oldest first. */
export const listUnconsumed = async (env: Env, schemaVersion: number, limit: number): Promise<BatchRow[]> => {
  const { rows } = await logPool(env).query<BatchRow>(
    `SELECT id, rows, first_at AS "firstAt", last_at AS "lastAt" FROM inference.batch WHERE consumed_at IS NULL AND schema_version = $1 ORDER BY written_at, id LIMIT $2`,
    [schemaVersion, limit],
  );
  return rows;
};

/** Whether any batch waits. */
export const hasUnconsumed = async (env: Env, schemaVersion: number): Promise<boolean> => (await listUnconsumed(env, schemaVersion, 1)).length > 0;

type Body = { prediction_id: string; arm: string; request: Buffer | null; response: Buffer | null };

/** Every call of the batches with its bodies; bodies that were cut are left out, since they can't be read. */
export const readCalls = async (env: Env, batches: readonly BatchRow[]): Promise<LoggedCall[]> => {
  const times = batches.flatMap((batch) => (batch.firstAt && batch.lastAt ? [batch.firstAt.getTime(), batch.lastAt.getTime()] : []));
  if (times.length === 0) return [];
  // The range of times keeps the read to the partitions that can hold these rows.
  const values = [batches.map((batch) => batch.id), new Date(Math.min(...times)), new Date(Math.max(...times))];
  const within = "batch_id = ANY($1::uuid[]) AND at BETWEEN $2 AND $3";
  const pool = logPool(env);
  const calls = await pool.query<LoggedCall>(
    `SELECT at, prediction_id AS "predictionId", arm, workspace_id AS "workspaceId", endpoint_id AS "endpointId", version_id AS "versionId", route_number AS "routeNumber",
       batch_id AS "batchId", request_id AS "requestId", unit::text AS unit, status, latency_us AS "latencyUs" FROM inference.call WHERE ${within}`,
    values,
  );
  const bodies = await pool.query<Body>(`SELECT prediction_id, arm, request, response FROM inference.body WHERE ${within} AND NOT is_truncated`, values);
  const byLeg = new Map(bodies.rows.map((body) => [`${body.prediction_id} ${body.arm}`, body]));
  return calls.rows.map((call) => {
    const body = byLeg.get(`${call.predictionId} ${call.arm}`);
    return { ...call, request: body?.request ?? null, response: body?.response ?? null };
  });
};

/** Leaves the hint that batches are counted; the truth is consumed_batch in the main database. */
export const markConsumed = async (env: Env, ids: string[], now: Date): Promise<void> => {
  await logPool(env).query("UPDATE inference.batch SET consumed_at = $2 WHERE id = ANY($1::uuid[]) AND consumed_at IS NULL", [ids, now]);
};
