import { changeParts } from "@/lib/audit/server";
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

const findInTheWay: Statement = {
  name: "find_artifact_in_the_way",
  text: `SELECT path FROM (
    (SELECT path FROM artifact WHERE workspace_id = $1 AND path = ANY($2::text[]) LIMIT 1)
    UNION ALL (SELECT path FROM artifact WHERE workspace_id = $1 AND path ~>=~ $3 AND path ~<~ $4 LIMIT 1)
  ) found LIMIT 1`,
};

/** An artifact beside which there can be none at `path`: a file where it needs a folder, or one inside of it. A disk could not hold both. */
export const findArtifactInTheWay = async (db: Database, workspaceId: string, path: string): Promise<string | undefined> => {
  const parts = path.split("/");
  const { from, to } = boundsOf(path);
  const [row] = await runStatement(db, findInTheWay, [workspaceId, parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/")), from, to]);
  return row?.[0] ?? undefined;
};

/**
 * Notes the blob and points the path at it, with the record of the change (`changeParameters`): `upsertBlob`, `upsertArtifact` and
 * `recordChange` in one statement.
 */
export const putArtifactRow = async (db: Database, workspaceId: string, { path, sha256, size, mediaType }: ArtifactRow, now: Date, freshMs: number, change: readonly (string | number | string[] | null)[]): Promise<void> => {
  await runStatement(db, putArtifact, [workspaceId, sha256, size, now.toISOString(), new Date(now.getTime() - freshMs).toISOString(), path, mediaType, ...change]);
};
