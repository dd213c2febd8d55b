import { changeParts } from "@/lib/audit/server";
import type { Clock } from "@/lib/platform/clock";
import { type Database, runStatement, type Statement } from "@/lib/platform/db";

import { type ArtifactRow, boundsOf } from "./store";

// Parts that nothing refers to run from the last to the first: the blob is held before the path is replaced, as everywhere.
const putArtifact: Statement = {
  name: "put_artifact",
  text: `WITH ${changeParts(8)}, a AS (
    INSERT INTO artifact (workspace_id, path, sha256, size, media_type, updated_at) VALUES ($1::uuid, $6::text, $2::bpchar, $3::bigint, $7::text, $4::timestamptz)
    ON CONFLICT (workspace_id, path) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, updated_at = excluded.updated_at
  ), b AS (
    INSERT INTO blob AS b (workspace_id, sha256, size, created_at, touched_at) VALUES ($1::uuid, $2::bpchar, $3::bigint, $4::timestamptz, $4::timestamptz)
    ON CONFLICT (workspace_id, sha256) DO UPDATE SET touched_at = excluded.touched_at WHERE b.touched_at <= $5::timestamptz
  ) SELECT 1`,
};

// Path by path: a plan that was made while the table was young would read all of the workspace's for a list of them.
const findInTheWay: Statement = {
  name: "find_artifact_in_the_way",
  text: `coalesce(
    (SELECT a.path FROM unnest($2::text[]) AS above(path) CROSS JOIN LATERAL (SELECT path FROM artifact WHERE workspace_id = $1 AND path = above.path LIMIT 1) a LIMIT 1),
    (SELECT path FROM artifact WHERE workspace_id = $1 AND path ~>=~ $3 AND path ~<~ $4 LIMIT 1)
  ) AS "inTheWay"`,
};

/** An artifact beside which there can be none at `path`, if any: a file where it needs a folder, or one inside of it. A disk could not hold both. And the time. */
export const findArtifactInTheWay = async (db: Database, clock: Clock, workspaceId: string, path: string): Promise<{ inTheWay: string | null; now: Date }> => {
  const parts = path.split("/");
  const { from, to } = boundsOf(path);
  return clock.nowBeside<{ inTheWay: string | null }>(db, findInTheWay, [workspaceId, parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/")), from, to]);
};

/**
 * Notes the blob and points the path at it, with the record of the change (`changeParameters`): `upsertBlob`, `upsertArtifact` and
 * `recordChange` in one statement.
 */
export const putArtifactRow = async (db: Database, workspaceId: string, { path, sha256, size, mediaType }: ArtifactRow, now: Date, freshMs: number, change: readonly (string | number | string[] | null)[]): Promise<void> => {
  await runStatement(db, putArtifact, [workspaceId, sha256, size, now.toISOString(), new Date(now.getTime() - freshMs).toISOString(), path, mediaType, ...change]);
};
