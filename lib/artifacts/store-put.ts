import { changeParts } from "@/lib/audit/server";
import { type Database, runStatement, type Statement } from "@/lib/platform/db";

import { type ArtifactRow, boundsOf } from "./store";

/**
 * An artifact beside which there can be none at a path: a file where it needs a folder, or one inside of it. A disk could not hold both.
 * Path by path: a plan that was made while the table was young would read all of the workspace's for a list of them.
 */
const inTheWay = ({ above, from, to }: { above: string; from: string; to: string }): string => `coalesce(
    (SELECT a.path FROM unnest(${above}::text[]) AS u(path) CROSS JOIN LATERAL (SELECT path FROM artifact WHERE workspace_id = $1::uuid AND path = u.path LIMIT 1) a LIMIT 1),
    (SELECT path FROM artifact WHERE workspace_id = $1::uuid AND path ~>=~ ${from}::text AND path ~<~ ${to}::text LIMIT 1)
  )`;

const whereOf = (path: string): [above: string[], from: string, to: string] => {
  const parts = path.split("/");
  const { from, to } = boundsOf(path);
  return [parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/")), from, to];
};

const findInTheWay: Statement = { name: "find_artifact_in_the_way", text: `SELECT ${inTheWay({ above: "$2", from: "$3", to: "$4" })}` };

export const findArtifactInTheWay = async (db: Database, workspaceId: string, path: string): Promise<string | undefined> => {
  const [row] = await runStatement(db, findInTheWay, [workspaceId, ...whereOf(path)]);
  return row?.[0] ?? undefined;
};

const isFree = "(SELECT path FROM way) IS NULL";

// Parts that nothing refers to run from the last to the first: the blob is held before the path is replaced, as everywhere.
const putArtifact: Statement = {
  name: "put_artifact",
  text: `WITH way AS MATERIALIZED (SELECT ${inTheWay({ above: "$8", from: "$9", to: "$10" })} AS path), ${changeParts(11, isFree)}, a AS (
    INSERT INTO artifact (workspace_id, path, sha256, size, media_type, updated_at) SELECT $1::uuid, $6::text, $2::bpchar, $3::bigint, $7::text, $4::timestamptz WHERE ${isFree}
    ON CONFLICT (workspace_id, path) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, updated_at = excluded.updated_at
  ), b AS (
    INSERT INTO blob AS b (workspace_id, sha256, size, created_at, touched_at) SELECT $1::uuid, $2::bpchar, $3::bigint, $4::timestamptz, $4::timestamptz WHERE ${isFree}
    ON CONFLICT (workspace_id, sha256) DO UPDATE SET touched_at = excluded.touched_at WHERE b.touched_at <= $5::timestamptz
  ) SELECT path FROM way`,
};

/**
 * Notes the blob and points the path at it, with the record of the change (`changeParameters`): `upsertBlob`, `upsertArtifact` and
 * `recordChange` in one statement. Does nothing, and returns it, where an artifact is in the way.
 */
export const putArtifactRow = async (db: Database, workspaceId: string, { path, sha256, size, mediaType }: ArtifactRow, now: Date, freshMs: number, change: readonly (string | number | string[] | null)[]): Promise<string | undefined> => {
  const values = [workspaceId, sha256, size, now.toISOString(), new Date(now.getTime() - freshMs).toISOString(), path, mediaType, ...whereOf(path), ...change];
  const [row] = await runStatement(db, putArtifact, values);
  return row?.[0] ?? undefined;
};
