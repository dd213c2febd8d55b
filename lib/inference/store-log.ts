import { openDatabase, poolMax, Prisma, type Database, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/context";

import type { Arm, CallError } from "./schema";

export type CallRow = {
  at: Date;
  prediction_id: string;
  arm: Arm;
  endpoint_id: string;
  version_id: string | null;
  route_number: number;
  request_id: string | null;
  status: number;
  error: CallError | null;
  latency_us: number;
  upstream_us: number | null;
  request_bytes: number;
  response_bytes: number;
  has_body: boolean;
};

export type BodyRow = { arm: Arm; request: Uint8Array | null; response: Uint8Array | null; is_truncated: boolean; is_redacted: boolean };

export type CallFilter = {
  workspaceId: string;
  endpointId: string;
  versionId?: string | undefined;
  arm?: Arm | undefined;
  /** Inclusive bounds of the status. */
  status?: { from: number; to: number } | undefined;
  before?: { at: Date; predictionId: string; arm: string } | undefined;
  since: Date;
  limit: number;
};

const opened = new Map<string, Database>();

/** The database of the inference log: the main one, unless the log has its own. */
export const logDatabase = ({ db, env }: Pick<Deps, "db" | "env">): Tx => {
  if (env.logDatabaseUrl === env.directDatabaseUrl || env.logDatabaseUrl === env.databaseUrl) return db;
  const known = opened.get(env.logDatabaseUrl);
  if (known) return known;
  const database = openDatabase({ url: env.logDatabaseUrl, poolMax: poolMax.inferenceLog, applicationName: "slipway-log", statementTimeoutMs: 15_000 });
  opened.set(env.logDatabaseUrl, database);
  return database;
};

const columns = Prisma.sql`at, prediction_id, arm, endpoint_id, version_id, route_number, request_id, status, error, latency_us, upstream_us, request_bytes, response_bytes, has_body`;

/** Calls of one endpoint, newest first, one more than `limit`. */
export const listCallRows = (log: Tx, { workspaceId, endpointId, versionId, arm, status, before, since, limit }: CallFilter): Promise<CallRow[]> => {
  const conditions = [
    Prisma.sql`endpoint_id = ${endpointId}::uuid AND workspace_id = ${workspaceId}::uuid AND at >= ${since}`,
    ...(versionId ? [Prisma.sql`version_id = ${versionId}::uuid`] : []),
    ...(arm ? [Prisma.sql`arm = ${arm}`] : []),
    ...(status ? [Prisma.sql`status BETWEEN ${status.from} AND ${status.to}`] : []),
    ...(before ? [Prisma.sql`at <= ${before.at} AND (at, prediction_id, arm) < (${before.at}, ${before.predictionId}::uuid, ${before.arm})`] : []),
  ];
  return log.$queryRaw<CallRow[]>`SELECT ${columns} FROM inference.call WHERE ${Prisma.join(conditions, " AND ")} ORDER BY at DESC, prediction_id DESC, arm DESC LIMIT ${limit + 1}`;
};

/** All legs of one prediction; its time is in its id, so that one partition is read. */
export const findPredictionRows = (log: Tx, workspaceId: string, predictionId: string, at: Date): Promise<CallRow[]> =>
  log.$queryRaw<CallRow[]>`SELECT ${columns} FROM inference.call WHERE prediction_id = ${predictionId}::uuid AND at = ${at} AND workspace_id = ${workspaceId}::uuid`;

export const findBodyRows = (log: Tx, predictionId: string, at: Date): Promise<BodyRow[]> =>
  log.$queryRaw<BodyRow[]>`SELECT arm, request, response, is_truncated, is_redacted FROM inference.body WHERE prediction_id = ${predictionId}::uuid AND at = ${at}`;
