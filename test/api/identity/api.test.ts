import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GET as getFacets } from "@/app/api/slipway/v1/w/[workspace]/audit/facets/route";
import { GET as listEvents } from "@/app/api/slipway/v1/w/[workspace]/audit/events/route";
import { GET as getEvent } from "@/app/api/slipway/v1/w/[workspace]/audit/events/[eventId]/route";
import { POST as accept } from "@/app/api/slipway/v1/invitations/accept/route";
import { GET as getPerson } from "@/app/api/slipway/v1/me/route";
import { GET as listSessions } from "@/app/api/slipway/v1/me/sessions/route";
import { DELETE as endSession } from "@/app/api/slipway/v1/me/sessions/[sessionId]/route";
import { GET as getMe } from "@/app/api/slipway/v1/w/[workspace]/me/route";
import { DELETE as revokeInvitation } from "@/app/api/slipway/v1/w/[workspace]/invitations/[invitationId]/route";
import { GET as listInvitations, POST as invite } from "@/app/api/slipway/v1/w/[workspace]/invitations/route";
import { DELETE as removeMember, PATCH as updateMember } from "@/app/api/slipway/v1/w/[workspace]/members/[userId]/route";
import { GET as listMembers, POST as addMember } from "@/app/api/slipway/v1/w/[workspace]/members/route";
import { DELETE as revokeToken } from "@/app/api/slipway/v1/w/[workspace]/tokens/[tokenId]/route";
import { GET as listTokens, POST as createToken } from "@/app/api/slipway/v1/w/[workspace]/tokens/route";
import { formatId } from "@/lib/core/ids";
import { setWebDeps } from "@/lib/http/deps";
import { defineOperation } from "@/lib/http/operation";
import { route } from "@/lib/http/route";
import { authorize } from "@/lib/identity";
import { sealSession, sessionCookieName } from "@/lib/identity/server";

import { type TestDeps, testDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
type Given = { headers?: Record<string, string>; body?: unknown; params?: Record<string, string>; query?: string };
type Person = Awaited<ReturnType<typeof testContext>>;
type Problem = { code: string; detail: string; requestId: string; invalidParams?: { name: string; reason: string }[] };

let deps: TestDeps;
let admin: Person;
let viewer: Person;
beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
  admin = await testContext(deps, { isAdmin: true, name: "Ada" });
  viewer = await testContext(deps, { workspace: admin.workspace, roles: ["viewer"], name: "Vic" });
});
afterAll(() => deps.close());

const cookieOf = async (person: Person) => ({ cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, person.actor.sessionId)}` });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

const call = (handler: Handler, method: string, { headers = {}, body, params = {}, query = "" }: Given = {}): Promise<Response> =>
  handler(
    new Request(`http://127.0.0.1:3000/api/slipway/v1/x${query}`, { method, headers: { host: "127.0.0.1:3000", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }) }),
    { params: Promise.resolve({ workspace: admin.workspace.name, ...params }) },
  );
const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return (await response.json()) as Problem;
};
const makeToken = async (person: Person, scopes: string[], more: object = {}): Promise<{ secret: string; token: { id: string } }> => {
  const response = await call(createToken, "POST", { headers: await cookieOf(person), body: { name: "t", scopes, ...more } });
  expect(response.status).toBe(201);
  return (await response.json()) as { secret: string; token: { id: string } };
};

/** A decision on a request, in miniature: what matters here is that the wrapper and `authorize` refuse a token. */
const decideOp = defineOperation({ id: "decideProbe", method: "POST", path: "/w/{workspace}/probe", summary: "probe", permission: "request:decide" });
const decide = route(decideOp, ({ ctx }) => {
  authorize(ctx, "request:decide");
  return Promise.resolve();
});

describe("who calls", () => {
  it("is asked to sign in, with what to do, and nothing is cached", async () => {
    const response = await call(getMe, "GET");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    const problem = await problemOf(response);
    expect(problem.code).toBe("http.unauthenticated");
    expect(response.headers.get("x-request-id")).toBe(problem.requestId);
  });
  it.each([["Basic bm9ib2R5OnNscF9hYmM=", "http.scheme"], ["Bearer slp_pat_unknown_unknown_unknown", "token.unknown"], ["Bearer nothing", "token.unknown"]])("is refused with %s", async (authorization, code) => {
    expect((await problemOf(await call(getMe, "GET", { headers: { authorization } }))).code).toBe(code);
  });
  it("learns who they are, by session and by token", async () => {
    const me = (await (await call(getMe, "GET", { headers: await cookieOf(viewer) })).json()) as { permissions: string[]; user: { name: string } };
    expect(me.user.name).toBe("Vic");
    expect(me.permissions).toContain("model:read");
    expect(me.permissions).not.toContain("model:write");
    const { secret } = await makeToken(viewer, ["models:read"]);
    expect(await (await call(getMe, "GET", { headers: bearer(secret) })).json()).toMatchObject({ kind: "token", permissions: ["model:read"] });
    expect(await (await call(getPerson, "GET", { headers: bearer(secret) })).json()).toMatchObject({ workspaces: [{ name: admin.workspace.name }] });
  });
  it("keeps their request id, unless it is no sane one", async () => {
    const headers = await cookieOf(viewer);
    expect((await call(getMe, "GET", { headers: { ...headers, "x-request-id": "trace-12345678" } })).headers.get("x-request-id")).toBe("trace-12345678");
    expect((await call(getMe, "GET", { headers: { ...headers, "x-request-id": "a b" } })).headers.get("x-request-id")).not.toBe("a b");
  });
  it("is out with the session: revoked, and of an expired token", async () => {
    const person = await testContext(deps, { workspace: admin.workspace, roles: ["viewer"] });
    const headers = await cookieOf(person);
    const listed = (await (await call(listSessions, "GET", { headers })).json()) as { items: { id: string; isCurrent: boolean }[] };
    expect(listed.items).toMatchObject([{ isCurrent: true }]);
    const { secret } = await makeToken(person, ["models:read"], { expiresInDays: 1 });
    expect((await call(endSession, "DELETE", { headers, params: { sessionId: listed.items[0]?.id ?? "" } })).status).toBe(204);
    expect((await call(getMe, "GET", { headers })).status).toBe(401);
    expect((await call(endSession, "DELETE", { headers: bearer(secret), params: { sessionId: listed.items[0]?.id ?? "" } })).status).toBe(403);
    await deps.db.apiToken.updateMany({ where: { userId: person.actor.id }, data: { expiresAt: deps.clock.current() } });
    expect((await problemOf(await call(getMe, "GET", { headers: bearer(secret) }))).code).toBe("token.expired");
  });
});

describe("another workspace", () => {
  it("looks like one that does not exist, for sessions and tokens, on every call", async () => {
    const stranger = await testContext(deps, { roles: ["maintainer"] });
    const { secret } = await call(createToken, "POST", { headers: await cookieOf(stranger), params: { workspace: stranger.workspace.name }, body: { name: "t", scopes: ["admin"] } }).then(async (response) => (await response.json()) as { secret: string });
    const userId = formatId("user", viewer.actor.id);
    const calls: [Handler, string, Given][] = [
      [getMe, "GET", {}], [listMembers, "GET", {}], [addMember, "POST", { body: { email: "a@b.example", roles: ["viewer"] } }], [updateMember, "PATCH", { params: { userId }, body: { roles: ["viewer"] } }],
      [removeMember, "DELETE", { params: { userId } }], [listInvitations, "GET", {}], [invite, "POST", { body: { email: "a@b.example", roles: ["viewer"] } }], [revokeInvitation, "DELETE", { params: { invitationId: formatId("invitation", viewer.actor.id) } }],
      [listTokens, "GET", {}], [createToken, "POST", { body: { name: "t", scopes: ["models:read"] } }], [revokeToken, "DELETE", { params: { tokenId: formatId("token", viewer.actor.id) } }],
      [listEvents, "GET", {}], [getEvent, "GET", { params: { eventId: formatId("auditEvent", viewer.actor.id) } }], [getFacets, "GET", {}],
    ];
    for (const [handler, method, given] of calls) {
      for (const headers of [await cookieOf(stranger), bearer(secret)]) {
        const response = await call(handler, method, { ...given, headers });
        expect(response.status).toBe(404);
        expect((await problemOf(response)).code).toBe("workspace.not_found");
      }
    }
  });
});

describe("a change", () => {
  it("needs the right, and a token's attempt is on the record once a minute", async () => {
    const headers = await cookieOf(viewer);
    expect((await call(invite, "POST", { headers, body: { email: "a@b.example", roles: ["viewer"] } })).status).toBe(403);
    const { secret, token } = await makeToken(viewer, ["models:read"]);
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await call(invite, "POST", { headers: bearer(secret), body: { email: "a@b.example", roles: ["viewer"] } })).status).toBe(403);
    const denied = await deps.db.auditEvent.findMany({ where: { action: "token.use_denied", targetId: token.id } });
    expect(denied).toHaveLength(1);
  });
  it("of a decision is refused to every token, an approver's administrator's with every scope too", async () => {
    const approver = await testContext(deps, { workspace: admin.workspace, roles: ["approver"], isAdmin: true });
    expect((await call(decide, "POST", { headers: await cookieOf(approver) })).status).toBe(204);
    const { secret, token } = await makeToken(approver, ["admin"]);
    const response = await call(decide, "POST", { headers: bearer(secret) });
    expect(response.status).toBe(403);
    expect((await problemOf(response)).detail).toMatch(/sign in as a person/i);
    expect(await deps.db.auditEvent.count({ where: { action: "token.use_denied", targetId: token.id } })).toBe(1);
  });
  it("with a session comes from our own pages, as JSON", async () => {
    const headers = await cookieOf(admin);
    const body = { email: "csrf@b.example", roles: ["viewer"] };
    expect((await call(invite, "POST", { headers: { ...headers, origin: "https://evil.example" }, body })).status).toBe(403);
    expect((await call(invite, "POST", { headers: { ...headers, "sec-fetch-site": "cross-site" }, body })).status).toBe(403);
    expect((await call(invite, "POST", { headers: { ...headers, "content-type": "text/plain" }, body })).status).toBe(415);
    expect((await call(invite, "POST", { headers: { ...headers, origin: "http://127.0.0.1:3000" }, body })).status).toBe(201);
  });
  it("lists every problem of its body at once, unknown fields too", async () => {
    const problem = await problemOf(await call(invite, "POST", { headers: await cookieOf(admin), body: { email: "nope", roles: ["king"], admin: true } }));
    expect(problem.code).toBe("http.invalid_body");
    expect(problem.invalidParams?.map(({ name }) => name).sort()).toEqual(["admin", "email", "roles.0"]);
    expect((await problemOf(await call(invite, "POST", { headers: await cookieOf(admin), body: "{" }))).code).toBe("http.bad_json");
    expect((await problemOf(await call(listMembers, "GET", { headers: await cookieOf(admin), query: "?limit=0&nope=1" }))).invalidParams).toHaveLength(2);
    expect((await problemOf(await call(listMembers, "GET", { headers: await cookieOf(admin), query: "?cursor=abc" }))).code).toBe("page.bad_cursor");
  });
});

describe("Idempotency-Key", () => {
  it("replays the answer, secret and all, keeps nothing readable, and refuses another body", async () => {
    const headers = { ...(await cookieOf(admin)), "idempotency-key": "create-1" };
    const body = { name: "once", scopes: ["models:read"] };
    const first = await call(createToken, "POST", { headers, body });
    const answer = (await first.json()) as { secret: string };
    const second = await call(createToken, "POST", { headers, body });
    expect(second.status).toBe(201);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(await second.json()).toEqual(answer);
    expect(await deps.db.apiToken.count({ where: { name: "once" } })).toBe(1);
    const stored = await deps.db.idempotencyKey.findFirstOrThrow({ where: { key: "create-1" } });
    expect(JSON.stringify(stored.response)).not.toContain(answer.secret);
    const third = await call(createToken, "POST", { headers, body: { ...body, name: "other" } });
    expect(third.status).toBe(422);
    expect((await problemOf(third)).code).toBe("http.idempotency_mismatch");
  });
  it("does the thing once for twins at the same moment", async () => {
    const headers = { ...(await cookieOf(admin)), "idempotency-key": "twins" };
    const answers = await Promise.all(Array.from({ length: 4 }, () => call(createToken, "POST", { headers, body: { name: "twin", scopes: ["models:read"] } })));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(await deps.db.apiToken.count({ where: { name: "twin" } })).toBe(1);
  });
  it("is free again after a refusal, is another person's own, and ends after a day", async () => {
    const headers = { ...(await cookieOf(admin)), "idempotency-key": "again" };
    expect((await call(createToken, "POST", { headers, body: { name: "x", scopes: ["models:read"], endpointIds: ["nope"] } })).status).toBe(400);
    expect((await call(createToken, "POST", { headers, body: { name: "x", scopes: ["models:read"] } })).status).toBe(201);
    expect((await call(createToken, "POST", { headers: { ...(await cookieOf(viewer)), "idempotency-key": "again" }, body: { name: "y", scopes: ["models:read"] } })).status).toBe(201);
    await deps.db.idempotencyKey.updateMany({ data: { expiresAt: deps.clock.current() } });
    expect((await call(createToken, "POST", { headers, body: { name: "z", scopes: ["models:read"] } })).status).toBe(201);
  });
});

describe("joining", () => {
  it("works by the link from the API, once, without a session", async () => {
    const { url } = (await (await call(invite, "POST", { headers: await cookieOf(admin), body: { email: "New@Example.org", roles: ["approver"], groups: ["risk"] } })).json()) as { url: string };
    const body = { token: url.split("/join/")[1], name: "New Person", password: "seven quiet lamps" };
    const response = await call(accept, "POST", { body });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ email: "new@example.org", workspace: admin.workspace.name });
    expect((await call(accept, "POST", { body })).status).toBe(409);
    const listed = (await (await call(listMembers, "GET", { headers: await cookieOf(admin), query: "?q=new@" })).json()) as { items: { email: string; roles: string[] }[] };
    expect(listed.items).toMatchObject([{ email: "new@example.org", roles: ["approver"], groups: ["risk"] }]);
  });
});
