import { recordChange } from "@/lib/audit/server";
import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { type Context, type Deps, type Role, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { systemContext } from "./authorize";
import { normalEmail } from "./email";
import { targetOf } from "./members";
import { hashPassword, requireGoodPassword } from "./passwords";
import { scopes } from "./permissions";
import { seedEnvironments } from "./seed";
import { findHomeWorkspace } from "./store";
import { countAdmins, findAdmin, findWorkspaceByName, insertSeededWorkspace, lockBootstrap, pointBundledRuntime } from "./store-bootstrap";
import { upsertMembership } from "./store-members";
import { insertPerson, revokeSessions, updatePerson } from "./store-people";
import { insertToken } from "./store-tokens";
import { displayPrefixOf, hashToken, isPlausibleToken, newTokenSecret, randomBase62 } from "./token-format";

export const defaultWorkspaceName = "default";
const tokenDays = 90;
/** The first administrator can build and run everything; approving takes a second person. */
const firstRoles: Role[] = ["maintainer", "operator"];

export type BootstrapInput = { email?: string | undefined; password?: string | undefined; token?: string | undefined };
/** What the first start made. `password` and `token` are shown on the terminal once and kept nowhere. */
export type BootstrapResult = { created: false } | { created: true; email: string; password: string; token: string; tokenExpiresAt: Date; workspace: string };

/**
 * Prepares an installation: the workspace `default` with its environments, policies and the bundled runtime, and, while no
 * administrator exists, the first one with a token. Safe to call at every start and by several at once. Raises invalid for a weak
 * password or a token that isn't one.
 */
export const bootstrapInstallation = async (deps: Deps, input: BootstrapInput = {}): Promise<BootstrapResult> => {
  const email = normalEmail(input.email ?? "admin@localhost");
  const password = input.password ?? newPassword();
  const secret = input.token ?? newTokenSecret("adm");
  const isNew = (await countAdmins(deps.db)) === 0;
  if (isNew) requireGoodPassword(password, [email]);
  if (isNew && !isPlausibleToken(secret)) throw new AppError("invalid", "identity.bad_admin_token", "SLIPWAY_ADMIN_TOKEN must start with slp_ and have at least 24 characters (and a right checksum where it has the standard form).");
  const passwordHash = isNew ? await hashPassword(password) : "";
  return transact(deps, async (tx, now) => {
    await lockBootstrap(tx);
    const ctx = await requireWorkspace(deps, tx, now);
    await pointBundledRuntime(tx, deps.env.runtimeUrl);
    if ((await countAdmins(tx)) > 0 || !isNew) return { created: false };
    const name = "Administrator";
    const userId = await insertPerson(tx, { email, name, passwordHash, isAdmin: true, createdAt: now });
    await upsertMembership(tx, { workspaceId: ctx.workspace.id, userId, roles: firstRoles, groups: [], createdAt: now, createdBy: null });
    await recordChange(tx, ctx, now, { action: "member.add", ...targetOf({ id: userId, name, email }), change: { after: { roles: firstRoles, isAdmin: true } }, because: "first start: no administrator existed" });
    const tokenExpiresAt = await issueToken(tx, ctx, now, { userId, name: "first administrator", secret, days: tokenDays });
    return { created: true, email, password, token: secret, tokenExpiresAt, workspace: ctx.workspace.name };
  });
};

/** Gives an administrator (by address, or the oldest) a new password, enables the account and ends its sessions; for `npm run admin -- reset`. */
export const resetAdmin = async (deps: Deps, input: { email?: string | undefined; password?: string | undefined } = {}): Promise<{ email: string; password: string }> => {
  const password = input.password ?? newPassword();
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  return transact(deps, async (tx, now) => {
    const admin = await requireAdminRow(tx, input.email);
    await updatePerson(tx, admin.id, { passwordHash, disabledAt: null });
    await revokeSessions(tx, admin.id, now);
    const ctx = await adminContext(deps, tx, admin.id);
    await recordChange(tx, ctx, now, { action: "member.password", ...targetOf(admin), because: "reset on the server's terminal" });
    return { email: admin.email, password };
  });
};

/** Issues a token of every scope to an administrator; for `npm run admin -- token`. */
export const createAdminToken = async (deps: Deps, input: { email?: string | undefined; name?: string | undefined; days?: number | undefined } = {}): Promise<{ email: string; secret: string; expiresAt: Date }> => {
  const days = input.days ?? tokenDays;
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new AppError("invalid", "token.invalid", "A token lasts 1 to 365 days.");
  const secret = newTokenSecret("adm");
  return transact(deps, async (tx, now) => {
    const admin = await requireAdminRow(tx, input.email);
    const ctx = await adminContext(deps, tx, admin.id);
    return { email: admin.email, secret, expiresAt: await issueToken(tx, ctx, now, { userId: admin.id, name: input.name ?? "from the terminal", secret, days }) };
  });
};

const newPassword = (): string => [randomBase62(6), randomBase62(6), randomBase62(6)].join("-");

const requireWorkspace = async (deps: Deps, tx: Tx, now: Date): Promise<Context> => {
  const found = await findWorkspaceByName(tx, defaultWorkspaceName);
  if (found) return systemContext(deps, found, "bootstrap");
  const environments = seedEnvironments();
  const workspace = await insertSeededWorkspace(tx, { name: defaultWorkspaceName, title: "Default", environments, runtimeUrl: deps.env.runtimeUrl, now });
  const ctx = systemContext(deps, workspace, "bootstrap");
  await recordChange(tx, ctx, now, {
    action: "workspace.create",
    target: { type: "workspace", id: formatId("workspace", workspace.id), name: workspace.name },
    change: { after: { environments: environments.map(({ name, policy }) => ({ name, policyDigest: policy.digest })) } },
  });
  return ctx;
};

const issueToken = async (tx: Tx, ctx: Context, now: Date, token: { userId: string; name: string; secret: string; days: number }): Promise<Date> => {
  const expiresAt = new Date(now.getTime() + token.days * dayMs);
  const row = await insertToken(tx, {
    workspaceId: ctx.workspace.id, userId: token.userId, name: token.name, tokenHash: hashToken(token.secret), displayPrefix: displayPrefixOf(token.secret), scopes: [...scopes], endpointIds: [], createdAt: now, expiresAt,
  });
  await recordChange(tx, ctx, now, { action: "token.create", target: { type: "token", id: formatId("token", row.id), name: row.name }, change: { after: { scopes, expiresAt } } });
  return expiresAt;
};

const requireAdminRow = async (tx: Tx, email: string | undefined) => {
  const admin = await findAdmin(tx, email ? normalEmail(email) : undefined);
  if (!admin) throw new AppError("not_found", "identity.no_admin", email ? `No administrator has the address ${email}.` : "There is no administrator yet: npm start makes the first one.");
  return admin;
};

const adminContext = async (deps: Deps, tx: Tx, userId: string): Promise<Context> => {
  const workspace = await findHomeWorkspace(tx, userId);
  if (!workspace) throw new AppError("not_found", "workspace.not_found", "There is no workspace yet: npm start makes the first one.");
  return systemContext(deps, workspace, "terminal");
};
