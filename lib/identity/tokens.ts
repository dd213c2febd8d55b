import type { z } from "zod";

import { recordChange } from "@/lib/audit/server";
import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId, parseId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { actorUserId, type Context, transact } from "@/lib/platform/context";

import { authorize } from "./authorize";
import { thenForget } from "./memory";
import { can, permissionsOf, type Scope, scopePermissions, scopes as allScopes } from "./permissions";
import type { TokenCreate, TokenQuery, TokenView } from "./schema";
import { countEndpoints, findToken, insertToken, listTokenRows, revokeTokenRow, type TokenRow } from "./store-tokens";
import { displayPrefixOf, hashToken, newTokenSecret } from "./token-format";

const isScope = (text: string): text is Scope => (allScopes as readonly string[]).includes(text);

const toView = (row: TokenRow, now: Date): TokenView => ({
  id: formatId("token", row.id),
  name: row.name,
  displayPrefix: row.displayPrefix,
  scopes: row.scopes.filter(isScope),
  endpointIds: row.endpointIds.map((id) => formatId("endpoint", id)),
  owner: { id: formatId("user", row.user.id), name: row.user.name },
  status: row.revokedAt ? "revoked" : row.expiresAt <= now ? "expired" : "active",
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

/** Tokens of the workspace for those who may read them all, one's own otherwise. */
export const listTokens = async (ctx: Context, query: z.output<typeof TokenQuery>): Promise<Page<TokenView>> => {
  const seesAll = can(ctx.actor, "token:read");
  if (!seesAll) authorize(ctx, "token:own");
  const { db, clock } = ctx.deps;
  const now = await clock.now(db);
  const [at, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
  const before = at !== undefined && id !== undefined ? { createdAt: new Date(at), id: String(id) } : undefined;
  const userId = seesAll && query.owner === "all" ? undefined : (actorUserId(ctx.actor) ?? undefined);
  const rows = await listTokenRows(db, ctx.workspace.id, { limit: query.limit, before, userId, q: query.q, status: query.status }, now);
  return toPage(rows, query.limit, (row) => toView(row, now), (row) => [row.createdAt.toISOString(), row.id]);
};

/** Creates a token of the actor's own. A scope must carry a right that its owner has, and a token makes none that is wider than itself. */
export const createToken = async (ctx: Context, input: z.output<typeof TokenCreate>): Promise<{ token: TokenView; secret: string }> => {
  authorize(ctx, "token:own");
  const { actor } = ctx;
  if (actor.kind === "system") throw new AppError("forbidden", "identity.forbidden", "Tokens belong to people.");
  const scopes = [...new Set(input.scopes)];
  const held = permissionsOf(actor.roles, actor.isAdmin);
  const empty = scopes.filter((scope) => !scopePermissions[scope].some((permission) => held.has(permission)));
  if (empty.length > 0) throw badField("scopes", `Your roles (${actor.roles.join(", ") || "none"}) carry nothing of ${empty.join(", ")}.`);
  if (actor.kind === "token" && !actor.scopes.includes("admin")) throw new AppError("forbidden", "identity.forbidden", "A token needs the scope admin to create others.");
  const endpointIds = input.endpointIds.map((text) => tryParseId("endpoint", text) ?? "");
  if (endpointIds.includes("")) throw badField("endpointIds", "An endpoint's id looks like end_ and 32 hex digits.");
  const secret = newTokenSecret();
  return transact(ctx.deps, async (tx, now) => {
    if (endpointIds.length > 0 && (await countEndpoints(tx, ctx.workspace.id, endpointIds)) !== new Set(endpointIds).size) throw badField("endpointIds", "One of these endpoints is not in this workspace.");
    const row = await insertToken(tx, {
      workspaceId: ctx.workspace.id,
      userId: actor.kind === "user" ? actor.id : actor.userId,
      name: input.name,
      tokenHash: hashToken(secret),
      displayPrefix: displayPrefixOf(secret),
      scopes,
      endpointIds,
      createdAt: now,
      expiresAt: new Date(now.getTime() + input.expiresInDays * dayMs),
    });
    const token = toView(row, now);
    await recordChange(tx, ctx, now, { action: "token.create", target: { type: "token", id: token.id, name: row.name }, change: { after: { scopes, endpointIds: token.endpointIds, expiresAt: row.expiresAt } } });
    return { token, secret };
  });
};

/** Revokes a token at once: one's own, or any with token:write. */
export const revokeToken = async (ctx: Context, tokenId: string): Promise<void> => {
  const revokesAny = can(ctx.actor, "token:write");
  if (!revokesAny) authorize(ctx, "token:own");
  const id = parseId("token", tokenId);
  const change = transact(ctx.deps, async (tx, now) => {
    const row = await findToken(tx, ctx.workspace.id, id);
    if (!row || (!revokesAny && row.user.id !== actorUserId(ctx.actor))) throw new AppError("not_found", "token.not_found", "There is no such token of yours in this workspace.");
    if (!(await revokeTokenRow(tx, ctx.workspace.id, id, now))) return; // revoked already: the wish is fulfilled
    await recordChange(tx, ctx, now, { action: "token.revoke", target: { type: "token", id: tokenId, name: row.name } });
  });
  await thenForget(change);
};

const badField = (name: string, reason: string): AppError => new AppError("invalid", "token.invalid", reason, { invalidParams: [{ name, reason }] });
