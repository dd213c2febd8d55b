import { type Database, runStatement, type Statement } from "@/lib/platform/db";

import type { KeyValue } from "./store-runs";

/** What makes a request known again when it comes a second time. */
export type Repeatable = { fingerprint: Buffer; requestDigest: Buffer; expiresAt: Date };
export type RunToCreate = { experimentNumber: number; runId: string; name: string; userName: string; startTime: number; tags: readonly KeyValue[] };

const createRun: Statement = {
  name: "create_run",
  text: `WITH e AS (
    SELECT number, seq, artifact_location || '/' || $3 || '/artifacts' AS artifact_uri FROM experiment WHERE workspace_id = $1 AND number = $2 AND lifecycle_stage = 'active'
  ), claimed AS (
    INSERT INTO run_creation AS c (workspace_id, fingerprint, request_digest, run_id, expires_at)
    SELECT $1, $10::bytea, $11::bytea, $3, $12::timestamptz FROM e WHERE $10::bytea IS NOT NULL
    ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET request_digest = excluded.request_digest, run_id = excluded.run_id, expires_at = excluded.expires_at
    WHERE c.expires_at <= $7::timestamptz RETURNING 1
  ), r AS (
    INSERT INTO run (workspace_id, run_id, experiment_number, name, user_name, status, start_time, artifact_uri, created_at)
    SELECT $1, $3, e.number, $4, $5, 'RUNNING', $6::bigint, e.artifact_uri, $7::timestamptz FROM e WHERE $10::bytea IS NULL OR EXISTS (SELECT 1 FROM claimed)
    RETURNING seq, artifact_uri
  ), t AS (
    INSERT INTO run_tag (run_seq, experiment_seq, key, value) SELECT r.seq, e.seq, u.key, u.value FROM r, e, unnest($8::text[], $9::text[]) AS u(key, value)
  ) SELECT seq, artifact_uri FROM r`,
};

/**
 * Inserts a run with its tags in one statement; undefined when the experiment isn't there or not active, or when a request of the same
 * fingerprint made one already. A twin that is under way is waited for.
 */
export const insertNewRun = async (db: Database, workspaceId: string, run: RunToCreate, now: Date, repeatable: Repeatable | undefined): Promise<{ seq: bigint; artifactUri: string } | undefined> => {
  const { experimentNumber, runId, name, userName, startTime, tags } = run;
  const { fingerprint = null, requestDigest = null, expiresAt = null } = repeatable ?? {};
  const [row] = await runStatement(db, createRun, [workspaceId, experimentNumber, runId, name, userName, startTime, now.toISOString(), tags.map(({ key }) => key), tags.map(({ value }) => value), fingerprint, requestDigest, expiresAt?.toISOString() ?? null]);
  return row ? { seq: BigInt(row[0] ?? 0), artifactUri: row[1] ?? "" } : undefined;
};

/** The run that an earlier request of this fingerprint made, with the digest of that request. */
export const findCreatedRun = async (db: Database, workspaceId: string, fingerprint: Buffer): Promise<{ runId: string; requestDigest: Buffer } | undefined> => {
  const row = await db.runCreation.findUnique({ where: { workspaceId_fingerprint: { workspaceId, fingerprint: new Uint8Array(fingerprint) } }, select: { runId: true, requestDigest: true } });
  return row ? { runId: row.runId, requestDigest: Buffer.from(row.requestDigest) } : undefined;
};
