import type { Tx } from "@/lib/platform/db";

/** An image inside a folder; `path` is relative to it. */
export type ImageRow = { folder: string; path: string; size: number };

/** Images inside folders at any depth, by the bytes of the path, at most `limit` of each folder. */
export const listImages = (tx: Tx, workspaceId: string, folders: readonly string[], limit: number): Promise<ImageRow[]> =>
  tx.$queryRaw<ImageRow[]>`
    SELECT f.folder, substr(a.path, length(f.folder) + 2) AS path, a.size::float8 AS size FROM unnest(${[...folders]}::text[]) AS f(folder)
    CROSS JOIN LATERAL (
      SELECT path, size FROM artifact WHERE workspace_id = ${workspaceId}::uuid AND path ~>=~ (f.folder || '/') AND path ~<~ (f.folder || '0')
        AND lower(path) SIMILAR TO '%.(png|jpg|jpeg|gif|webp)' ORDER BY path USING ~<~ LIMIT ${limit}
    ) a`;
