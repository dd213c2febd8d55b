import { newId } from "@/lib/core/ids";
import { type Tx } from "@/lib/platform/db";

const include = { user: { select: { id: true, name: true } } } as const;

export type TokenRow = {
  id: string;
  name: string;
  displayPrefix: string;
  scopes: string[];
  endpointIds: string[];
  user: { id: string; name: string };
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

export type NewToken = { workspaceId: string; userId: string; name: string; tokenHash: Buffer; displayPrefix: string; scopes: string[]; endpointIds: string[]; createdAt: Date; expiresAt: Date };

export const insertToken = (tx: Tx, row: NewToken): Promise<TokenRow> =>
  tx.apiToken.create({ data: { id: newId(row.createdAt.getTime()), ...row, tokenHash: new Uint8Array(row.tokenHash) }, include });

export const findToken = (tx: Tx, workspaceId: string, id: string): Promise<TokenRow | null> => tx.apiToken.findFirst({ where: { workspaceId, id }, include });

export const revokeTokenRow = async (tx: Tx, workspaceId: string, id: string, now: Date): Promise<boolean> =>
  (await tx.apiToken.updateMany({ where: { workspaceId, id, revokedAt: null }, data: { revokedAt: now } })).count === 1;

export type TokenFilter = { limit: number; before?: { createdAt: Date; id: string } | undefined; userId?: string | undefined; q?: string | undefined; status?: "active" | "expired" | "revoked" | undefined };

/** Tokens, newest first, one more than `limit`. */
export const listTokenRows = (tx: Tx, workspaceId: string, { limit, before, userId, q, status }: TokenFilter, now: Date): Promise<TokenRow[]> =>
  tx.apiToken.findMany({
    where: {
      workspaceId,
      ...(userId ? { userId } : {}),
      ...(status === "revoked" ? { revokedAt: { not: null } } : {}),
      ...(status === "active" ? { revokedAt: null, expiresAt: { gt: now } } : {}),
      ...(status === "expired" ? { revokedAt: null, expiresAt: { lte: now } } : {}),
      AND: [
        q ? { OR: [{ name: { contains: q, mode: "insensitive" } }, { user: { name: { contains: q, mode: "insensitive" } } }] } : {},
        before ? { OR: [{ createdAt: { lt: before.createdAt } }, { createdAt: before.createdAt, id: { lt: before.id } }] } : {},
      ],
    },
    include,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });

/** How many of these endpoints exist in the workspace. */
export const countEndpoints = (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<number> => tx.endpoint.count({ where: { workspaceId, id: { in: [...ids] } } });
