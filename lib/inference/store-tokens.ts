import { minuteMs } from "@/lib/core/durations";
import { can } from "@/lib/identity";
import type { Role } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

/** What a token may do at a gateway. */
export type TokenGrant = { workspaceId: string; mayPredict: boolean; mayReadMetrics: boolean; endpointIds: string[]; expiresAtMs: number };

/** Looks a token up by the SHA-256 of its text; null when it is unknown, revoked, expired, or its owner is disabled or no longer a member. */
export const findTokenGrant = async (tx: Tx, tokenHash: Buffer, now: Date): Promise<TokenGrant | null> => {
  const token = await tx.apiToken.findUnique({ where: { tokenHash: new Uint8Array(tokenHash) }, include: { user: { select: { name: true, isAdmin: true, disabledAt: true } } } });
  if (!token || token.revokedAt || token.user.disabledAt || token.expiresAt <= now) return null;
  const membership = await tx.membership.findUnique({ where: { workspaceId_userId: { workspaceId: token.workspaceId, userId: token.userId } } });
  if (!membership && !token.user.isAdmin) return null;
  const actor = {
    kind: "token" as const,
    id: token.id,
    name: token.name,
    userId: token.userId,
    userName: token.user.name,
    isAdmin: token.user.isAdmin,
    roles: (membership?.roles ?? []) as Role[],
    scopes: token.scopes,
    endpointIds: token.endpointIds,
  };
  return {
    workspaceId: token.workspaceId,
    mayPredict: can(actor, "predict"),
    mayReadMetrics: can(actor, "metrics:read"),
    endpointIds: token.endpointIds,
    expiresAtMs: token.expiresAt.getTime(),
  };
};

/** Notes that a token was used, at most once a minute. */
export const touchToken = async (tx: Tx, tokenHash: Buffer, now: Date): Promise<void> => {
  const minuteAgo = new Date(now.getTime() - minuteMs);
  await tx.$executeRaw`UPDATE api_token SET last_used_at = ${now} WHERE token_hash = ${new Uint8Array(tokenHash)} AND (last_used_at IS NULL OR last_used_at < ${minuteAgo})`;
};
