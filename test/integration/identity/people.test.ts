import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { canonicalText } from "@/lib/audit/server";
import { formatId } from "@/lib/core/ids";
import { PolicyDocument } from "@/lib/governance/schema";
import {
  acceptInvitation, addMember, bootstrapInstallation, changePassword, contextFor, createAdminToken, createInvitation, createToken, describeInvitation, listMembers, readSession, removeMember, resetAdmin, revokeInvitation,
  revokeToken, sealSession, sessionCookieName, signIn, signOut, updateMember, verifyApiToken,
} from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { sha256Hex } from "@/lib/platform/keys";

import { type TestDeps, testDeps } from "../../support/deps";
import { makeMember, makeUser, testContext, withToken } from "../../support/factories";

const from = { ip: "203.0.113.5", userAgent: "test", requestId: "request-1" };
const password = "violet anchors drift north";
const secretOf = (url: string): string => url.split("/join/")[1] ?? "";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
});
afterAll(() => deps.close());

const admin = (options: Parameters<typeof testContext>[1] = {}) => testContext(deps, { isAdmin: true, ...options });
const join = async (ctx: Context, email: string, roles: ("approver" | "viewer")[] = ["viewer"]) => {
  const { url } = await createInvitation(ctx, { email, roles, groups: [] });
  return acceptInvitation(deps, { token: secretOf(url), name: "Mara Weiss", password }, from);
};
const actionsOf = async (workspaceId: string): Promise<string[]> => (await deps.db.auditEvent.findMany({ where: { workspaceId }, orderBy: { id: "asc" } })).map(({ action }) => action);
const cookieOf = async (sessionId: string): Promise<string> => `${sessionCookieName(deps.env)}=${await sealSession(deps.env, sessionId)}`;

describe("invitations", () => {
  it("let exactly one of many racing callers in", async () => {
    const ctx = await admin();
    const { url, invitation } = await createInvitation(ctx, { email: "mara@example.org", roles: ["approver"], groups: ["risk"] });
    expect(url).toMatch(/\/join\/[0-9A-Za-z]{43}$/);
    const row = await deps.db.invitation.findFirstOrThrow({ where: { workspaceId: ctx.workspace.id } });
    expect(Buffer.from(row.tokenHash).toString("hex")).not.toContain(secretOf(url));
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => acceptInvitation(deps, { token: secretOf(url), name: "Mara Weiss", password }, from)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ kind: "conflict" });
    const members = await listMembers(ctx, { limit: 50 });
    expect(members.items.filter(({ email }) => email === "mara@example.org")).toMatchObject([{ name: "Mara Weiss", roles: ["approver"], groups: ["risk"] }]);
    expect((await actionsOf(ctx.workspace.id)).filter((action) => action === "member.join")).toHaveLength(1);
    expect(invitation.status).toBe("open");
    expect(await describeInvitation(deps, secretOf(url))).toEqual({ state: "accepted" });
  }, 60_000);

  it("end: by time, by revocation, by a newer one, by a wrong link", async () => {
    const ctx = await admin();
    const first = await createInvitation(ctx, { email: "late@example.org", roles: ["viewer"], groups: [] });
    const second = await createInvitation(ctx, { email: "late@example.org", roles: ["viewer"], groups: [] });
    const accept = (url: string) => acceptInvitation(deps, { token: secretOf(url), name: "Late", password }, from);
    await expect(accept(first.url)).rejects.toMatchObject({ code: "identity.invitation_closed" });
    await revokeInvitation(ctx, second.invitation.id);
    await expect(accept(second.url)).rejects.toMatchObject({ code: "identity.invitation_closed" });
    const third = await createInvitation(ctx, { email: "late@example.org", roles: ["viewer"], groups: [] });
    deps.clock.advance(7 * 86_400_000 + 1);
    await expect(accept(third.url)).rejects.toThrow(/expired/);
    await expect(accept("/join/nonsense")).rejects.toMatchObject({ kind: "not_found" });
    expect(await deps.db.user.count({ where: { email: "late@example.org" } })).toBe(0);
  });

  it("ask an existing account for its password and refuse a weak new one", async () => {
    const ctx = await admin();
    await join(ctx, "both@example.org");
    const other = await admin();
    const { url } = await createInvitation(other, { email: "both@example.org", roles: ["operator"], groups: [] });
    await expect(acceptInvitation(deps, { token: secretOf(url), name: "x", password: "not the password" }, from)).rejects.toMatchObject({ kind: "unauthenticated" });
    expect(await acceptInvitation(deps, { token: secretOf(url), name: "x", password }, from)).toEqual({ email: "both@example.org", workspace: other.workspace.name });
    const weak = await createInvitation(ctx, { email: "weak@example.org", roles: ["viewer"], groups: [] });
    await expect(acceptInvitation(deps, { token: secretOf(weak.url), name: "x", password: "password1234" }, from)).rejects.toMatchObject({ code: "identity.weak_password" });
    await expect(createInvitation(other, { email: "both@example.org", roles: ["viewer"], groups: [] })).rejects.toMatchObject({ code: "identity.already_member" });
  }, 60_000);

  it("are made by administrators only, and no one becomes auditor and something else", async () => {
    const maintainer = await testContext(deps);
    await expect(createInvitation(maintainer, { email: "a@example.org", roles: ["viewer"], groups: [] })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(createInvitation(await admin(), { email: "a@example.org", roles: ["auditor", "viewer"], groups: [] })).rejects.toMatchObject({ code: "identity.bad_roles" });
  });
});

describe("members", () => {
  it("keep a last administrator, also when two remove each other at once", async () => {
    await deps.db.user.updateMany({ data: { isAdmin: false } });
    const one = await admin();
    const two = await admin({ workspace: one.workspace });
    const idOf = (ctx: typeof one) => formatId("user", ctx.actor.id);
    const results = await Promise.allSettled([updateMember(one, idOf(two), { isAdmin: false }), updateMember(two, idOf(one), { isDisabled: true })]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const left = await deps.db.user.findMany({ where: { isAdmin: true, disabledAt: null } });
    expect(left).toHaveLength(1);
    const last = left[0]?.id === one.actor.id ? one : two;
    await expect(removeMember(last, idOf(last))).rejects.toMatchObject({ code: "identity.last_admin" });
    await expect(updateMember(last, idOf(last), { isAdmin: false })).rejects.toMatchObject({ code: "identity.last_admin" });
    await expect(updateMember(last, idOf(last), { isDisabled: true })).rejects.toMatchObject({ code: "identity.last_admin" });
  });

  it("lose sessions and tokens in the moment they are removed or disabled", async () => {
    const ctx = await admin();
    await join(ctx, "gone@example.org");
    const { userId, sessionId } = await signIn(deps, { email: "gone@example.org", password, ...from });
    const session = await readSession(deps, await cookieOf(sessionId));
    if (!session) throw new Error("not signed in");
    const own = await contextFor(deps, session, ctx.workspace.name, "r");
    const { secret } = await createToken(own, { name: "t", scopes: ["models:read"], expiresInDays: 1, endpointIds: [] });
    expect((await verifyApiToken(deps, secret)).userId).toBe(userId);
    await removeMember(ctx, formatId("user", userId));
    expect(await readSession(deps, await cookieOf(sessionId))).toBeUndefined();
    await expect(verifyApiToken(deps, secret)).rejects.toMatchObject({ code: "token.revoked" });
    await addMember(ctx, { email: "gone@example.org", roles: ["viewer"], groups: [] });
    const again = await signIn(deps, { email: "gone@example.org", password, ...from });
    await updateMember(ctx, formatId("user", userId), { isDisabled: true });
    expect(await readSession(deps, await cookieOf(again.sessionId))).toBeUndefined();
    await expect(signIn(deps, { email: "gone@example.org", password, ...from })).rejects.toMatchObject({ code: "identity.bad_credentials" });
  }, 60_000);

  it("of another workspace don't exist", async () => {
    const ctx = await admin();
    const stranger = await testContext(deps);
    await expect(updateMember(ctx, formatId("user", stranger.actor.id), { roles: ["viewer"] })).rejects.toMatchObject({ kind: "not_found" });
    await expect(removeMember(ctx, formatId("user", stranger.actor.id))).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("sign-in", () => {
  it("ends after eight hours, by signing out, and for others by a new password", async () => {
    const ctx = await admin();
    await join(ctx, "iris@example.org");
    const credentials = { email: "Iris@Example.org ", password, ...from };
    const one = await signIn(deps, credentials);
    const two = await signIn(deps, credentials);
    const person = await readSession(deps, await cookieOf(one.sessionId));
    if (!person) throw new Error("not signed in");
    await expect(changePassword(deps, person, { currentPassword: "wrong one here", newPassword: "another good sentence" }, "r")).rejects.toMatchObject({ code: "identity.wrong_password" });
    await changePassword(deps, person, { currentPassword: password, newPassword: "another good sentence" }, "r");
    expect(await readSession(deps, await cookieOf(two.sessionId))).toBeUndefined();
    expect(await readSession(deps, await cookieOf(one.sessionId))).toBeDefined();
    await signOut(deps, one.userId, one.sessionId);
    expect(await readSession(deps, await cookieOf(one.sessionId))).toBeUndefined();
    const three = await signIn(deps, { ...credentials, password: "another good sentence" });
    const cookie = await cookieOf(three.sessionId);
    deps.clock.advance(8 * 3_600_000 - 1);
    expect(await readSession(deps, cookie)).toBeDefined();
    deps.clock.advance(2);
    expect(await readSession(deps, cookie)).toBeUndefined();
    expect(await readSession(deps, `${cookie.slice(0, -3)}abc`)).toBeUndefined();
    expect((await actionsOf(ctx.workspace.id)).filter((action) => action.startsWith("session."))).toEqual(["session.sign_in", "session.sign_in", "session.sign_out", "session.sign_in"]);
  }, 60_000);

  it("says the same for a wrong password and an unknown address, and stops after ten", async () => {
    const ctx = await admin();
    await join(ctx, "nina@example.org");
    const attempt = (email: string, given: string) => signIn(deps, { email, password: given, ...from, ip: "198.51.100.20" });
    const wrong = await attempt("nina@example.org", "wrong").catch((error: unknown) => error);
    const unknown = await attempt("nobody@example.org", "wrong").catch((error: unknown) => error);
    expect((wrong as Error).message).toBe((unknown as Error).message);
    for (let index = 0; index < 9; index += 1) await expect(attempt("nina@example.org", "wrong")).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(attempt("nina@example.org", password)).rejects.toMatchObject({ kind: "rate_limited" });
    deps.clock.advance(15 * 60_000 + 1);
    await expect(attempt("nina@example.org", password)).resolves.toBeDefined();
    expect((await actionsOf(ctx.workspace.id)).filter((action) => action === "session.sign_in_failed")).toHaveLength(10);
  }, 120_000);
});

describe("tokens", () => {
  it("are kept as hashes, expire, end by revocation, and show when they were used", async () => {
    const ctx = await testContext(deps);
    const { token, secret } = await createToken(ctx, { name: "ci", scopes: ["models:write"], expiresInDays: 90, endpointIds: [] });
    expect(token).toMatchObject({ status: "active", lastUsedAt: null, displayPrefix: secret.slice(0, 12) });
    const stored = await deps.db.apiToken.findFirstOrThrow({ where: { name: "ci", workspaceId: ctx.workspace.id } });
    expect(JSON.stringify(stored)).not.toContain(secret);
    await verifyApiToken(deps, secret);
    const first = (await deps.db.apiToken.findFirstOrThrow({ where: { id: stored.id } })).lastUsedAt;
    deps.clock.advance(30_000);
    await verifyApiToken(deps, secret);
    expect((await deps.db.apiToken.findFirstOrThrow({ where: { id: stored.id } })).lastUsedAt).toEqual(first);
    deps.clock.advance(90 * 86_400_000);
    await expect(verifyApiToken(deps, secret)).rejects.toMatchObject({ code: "token.expired" });
    const second = await createToken(ctx, { name: "cd", scopes: ["models:write"], expiresInDays: 1, endpointIds: [] });
    await revokeToken(ctx, second.token.id);
    await expect(verifyApiToken(deps, second.secret)).rejects.toMatchObject({ code: "token.revoked" });
    await expect(verifyApiToken(deps, `${secret.slice(0, -1)}!`)).rejects.toMatchObject({ code: "token.unknown" });
  });

  it("carry no scope beyond their owner, bind only to endpoints that exist, and are revoked by owner or administrator alone", async () => {
    const viewer = await testContext(deps, { roles: ["viewer"] });
    const input = { name: "x", expiresInDays: 1, endpointIds: [] };
    await expect(createToken(viewer, { ...input, scopes: ["predict"] })).rejects.toMatchObject({ code: "token.invalid" });
    await expect(createToken(viewer, { ...input, scopes: ["models:read"], endpointIds: [formatId("endpoint", viewer.actor.id)] })).rejects.toMatchObject({ code: "token.invalid" });
    await expect(createToken(withToken(viewer, ["models:read"]), { ...input, scopes: ["models:read"] })).rejects.toMatchObject({ kind: "forbidden" });
    const { token } = await createToken(viewer, { ...input, scopes: ["models:read"] });
    const other = await testContext(deps, { workspace: viewer.workspace });
    await expect(revokeToken(other, token.id)).rejects.toMatchObject({ kind: "not_found" });
    await revokeToken(await admin({ workspace: viewer.workspace }), token.id);
  });
});

describe("a new installation", () => {
  it("gets one administrator, once, however often and at once it starts", async () => {
    const fresh = await testDeps();
    const results = await Promise.all([bootstrapInstallation(fresh, { email: "Boss@Example.org" }), bootstrapInstallation(fresh, { email: "boss@example.org" })]);
    const made = results.filter((result) => result.created);
    expect(made).toHaveLength(1);
    const first = made[0];
    if (!first?.created) throw new Error("nothing was made");
    expect(await bootstrapInstallation(fresh, { password: "ignored from now on" })).toEqual({ created: false });
    expect(await fresh.db.environment.count()).toBe(3);
    for (const policy of await fresh.db.policy.findMany()) {
      expect(PolicyDocument.parse(policy.document)).toEqual(policy.document);
      expect(policy.digest).toBe(sha256Hex(canonicalText(policy.document as Record<string, unknown>)));
    }
    expect(await fresh.db.policy.count()).toBe(3);
    expect(await fresh.db.runtime.findMany({ orderBy: { name: "desc" } })).toMatchObject([{ name: "onnx", url: fresh.env.runtimeUrl }, { name: "mlflow" }]);
    await expect(signIn(fresh, { email: "boss@example.org", password: first.password, ...from })).resolves.toBeDefined();
    expect(await verifyApiToken(fresh, first.token)).toMatchObject({ isAdmin: true });
    const reset = await resetAdmin(fresh, {});
    await expect(signIn(fresh, { email: reset.email, password: reset.password, ...from })).resolves.toBeDefined();
    const issued = await createAdminToken(fresh, { days: 1 });
    expect((await verifyApiToken(fresh, issued.secret)).scopes).toContain("admin");
    await expect(createAdminToken(fresh, { days: 400 })).rejects.toMatchObject({ code: "token.invalid" });
    await fresh.close();
  }, 60_000);

  it("refuses a weak password and a token that isn't one, and makes nothing", async () => {
    const fresh = await testDeps();
    await expect(bootstrapInstallation(fresh, { password: "short" })).rejects.toMatchObject({ code: "identity.weak_password" });
    await expect(bootstrapInstallation(fresh, { token: "hello" })).rejects.toMatchObject({ code: "identity.bad_admin_token" });
    expect(await fresh.db.user.count()).toBe(0);
    await fresh.close();
  });
});

describe("workspaces", () => {
  it("that are foreign look like those that don't exist", async () => {
    const ctx = await testContext(deps);
    const stranger = await makeUser(deps);
    const principal = { kind: "session", userId: stranger.id, name: "x", email: "x", isAdmin: false, sessionId: stranger.id, authTime: new Date() } as const;
    const foreign = await contextFor(deps, principal, ctx.workspace.name, "r").catch((error: unknown) => error);
    expect(foreign).toMatchObject({ kind: "not_found", code: "workspace.not_found" });
    await expect(contextFor(deps, principal, "never-was", "r")).rejects.toMatchObject({ kind: "not_found", code: "workspace.not_found" });
    await makeMember(deps, ctx.workspace.id, stranger.id, ["viewer"]);
    expect((await contextFor(deps, principal, ctx.workspace.name, "r")).actor).toMatchObject({ roles: ["viewer"] });
  });
});
