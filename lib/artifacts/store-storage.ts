import { type Tx } from "@/lib/platform/db";

export type Stored = { blobs: number; bytes: number };

/** What a workspace stores: sixteen rows, kept by triggers. */
export const findStored = async (tx: Tx, workspaceId: string): Promise<Stored> => {
  const { _sum } = await tx.workspaceStorage.aggregate({ where: { workspaceId }, _sum: { blobs: true, bytes: true } });
  return { blobs: Number(_sum.blobs ?? 0), bytes: Number(_sum.bytes ?? 0) };
};

/** Lets uploads to one workspace note their bytes one after another, so that two of them can't fit into the same gap. */
export const lockStorage = async (tx: Tx, workspaceId: string): Promise<void> => {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`storage/${workspaceId}`}, 0))::text`;
};

/** Keeps the collector from the bytes of a digest, or the uploads while it removes them, to the end of the transaction. */
export const lockBytes = async (tx: Tx, name: string, mode: "shared" | "exclusive"): Promise<void> => {
  const key = `bytes/${name}`;
  if (mode === "shared") await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${key}, 0))::text`;
  else await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`;
};

export type StorageKind = "artifacts" | "versions" | "both" | "uploads" | "pending";

/** Files and bytes of a workspace by what refers to them: paths, versions, both, nothing (yet), or paths whose digest is still being computed. */
export const sumByKind = async (tx: Tx, workspaceId: string): Promise<Record<StorageKind, Stored>> => {
  const rows = await tx.$queryRaw<{ kind: StorageKind; blobs: bigint; bytes: bigint }[]>`
    SELECT CASE WHEN b.sha256 LIKE 'pending-%' THEN 'pending' WHEN a.sha256 IS NOT NULL AND m.sha256 IS NOT NULL THEN 'both' WHEN m.sha256 IS NOT NULL THEN 'versions' WHEN a.sha256 IS NOT NULL THEN 'artifacts' ELSE 'uploads' END AS kind,
      count(*) AS blobs, coalesce(sum(b.size), 0)::bigint AS bytes
    FROM blob b
    LEFT JOIN (SELECT DISTINCT sha256 FROM artifact WHERE workspace_id = ${workspaceId}::uuid) a ON a.sha256 = b.sha256
    LEFT JOIN (SELECT sha256 FROM manifest_entry WHERE workspace_id = ${workspaceId}::uuid UNION SELECT sha256 FROM pending_manifest_entry WHERE workspace_id = ${workspaceId}::uuid) m ON m.sha256 = b.sha256
    WHERE b.workspace_id = ${workspaceId}::uuid GROUP BY 1`;
  const found = new Map(rows.map(({ kind, blobs, bytes }) => [kind, { blobs: Number(blobs), bytes: Number(bytes) }]));
  const of = (kind: StorageKind): Stored => found.get(kind) ?? { blobs: 0, bytes: 0 };
  return { artifacts: of("artifacts"), versions: of("versions"), both: of("both"), uploads: of("uploads"), pending: of("pending") };
};
