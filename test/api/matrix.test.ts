import { readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GET as getOpenApi } from "@/app/api/openapi.json/route";
import { operations } from "@/app/api/openapi.json/operations";
import { isObject } from "@/lib/core/json";
import { setWebDeps } from "@/lib/http/deps";
import type { Operation } from "@/lib/http/operation";
import { can, roles, scopes } from "@/lib/identity";
import { createToken, sealSession, sessionCookieName } from "@/lib/identity/server";
import type { Actor } from "@/lib/platform/context";

import { fileOf, handlerOf, routesFolder } from "../support/api";
import { type TestDeps, testDeps } from "../support/deps";
import { makeWorkspace, testContext } from "../support/factories";

/** Every call of the API × every role × own or other workspace, through the exported route handlers. */
type Person = Awaited<ReturnType<typeof testContext>>;

const inWorkspace = operations.filter((operation) => operation.path.startsWith("/w/{workspace}"));
const guarded = inWorkspace.filter((operation) => operation.permission !== undefined);

/** Ids that look right and belong to nothing. */
const paramsOf = (operation: Operation, workspace: string): Record<string, string | string[]> =>
  Object.fromEntries([...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, name === "workspace" ? workspace : name === "path" ? ["none"] : name === "number" ? "1" : "none"]));

let deps: TestDeps;
let people: Map<string, Person>;
let own: { id: string; name: string };
let other: { id: string; name: string };
beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
  own = await makeWorkspace(deps);
  other = await makeWorkspace(deps);
  people = new Map();
  for (const role of roles) people.set(role, await testContext(deps, { workspace: own, roles: [role] }));
});
afterAll(() => deps.close());

const send = async (operation: Operation, workspace: string, headers: Record<string, string>): Promise<{ status: number; code: string | undefined }> => {
  const handler = await handlerOf(operation);
  const hasBody = operation.method !== "GET" && operation.method !== "DELETE";
  const request = new Request(`http://127.0.0.1:3000/api/slipway/v1${operation.path}`, { method: operation.method, headers: { ...headers, ...(hasBody ? { "content-type": "application/json" } : {}) }, ...(hasBody ? { body: "{}" } : {}) });
  const response = await handler(request, { params: Promise.resolve(paramsOf(operation, workspace)) });
  const text = await response.text();
  const body: unknown = text !== "" && (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : undefined;
  return { status: response.status, code: isObject(body) && typeof body["code"] === "string" ? body["code"] : undefined };
};
const cookieOf = async (person: Person) => ({ cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, person.actor.sessionId)}` });
const allows = (actor: Actor, operation: Operation): boolean => [operation.permission ?? []].flat().some((permission) => can(actor, permission));

describe("every call inside a workspace", () => {
  it("says which right it needs, but for the one that tells who I am", () => {
    expect(inWorkspace.filter((operation) => operation.permission === undefined).map(({ id }) => id)).toEqual(["getMe"]);
  });
  it.each(guarded.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))("%s", async (_name, operation) => {
    expect((await send(operation, own.name, {})).status).toBe(401);
    for (const role of roles) {
      const person = people.get(role);
      if (!person) throw new Error(role);
      const headers = await cookieOf(person);
      const inOwn = await send(operation, own.name, headers);
      if (allows(person.actor, operation)) expect(inOwn.code).not.toBe("identity.forbidden");
      else expect(inOwn).toEqual({ status: 403, code: "identity.forbidden" });
      expect(inOwn.status).toBeLessThan(500);
      expect(await send(operation, other.name, headers)).toEqual({ status: 404, code: "workspace.not_found" });
    }
  });
});

describe("a token", () => {
  it("with the scope admin of an approver decides nothing", async () => {
    const approver = people.get("approver");
    if (!approver) throw new Error("approver");
    const { secret } = await createToken(approver, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] });
    const deciding = guarded.filter((operation) => [operation.permission].flat().includes("request:decide"));
    expect(deciding.length).toBeGreaterThan(0);
    for (const operation of deciding) expect(await send(operation, own.name, { authorization: `Bearer ${secret}` })).toEqual({ status: 403, code: "identity.forbidden" });
  });
  it("reaches with one scope exactly the calls that the table gives it", async () => {
    const maintainer = people.get("maintainer");
    if (!maintainer) throw new Error("maintainer");
    for (const scope of scopes) {
      const { secret } = await createToken(maintainer, { name: scope, scopes: [scope], expiresInDays: 1, endpointIds: [] });
      const { id, name, roles: held } = maintainer.actor;
      const actor: Actor = { kind: "token", id, name, userId: id, userName: name, isAdmin: false, roles: held, scopes: [scope], endpointIds: [] };
      for (const operation of guarded.filter(({ method }) => method === "GET")) {
        const answer = await send(operation, own.name, { authorization: `Bearer ${secret}` });
        if (allows(actor, operation)) expect(answer.code).not.toBe("identity.forbidden");
        else expect(answer).toEqual({ status: 403, code: "identity.forbidden" });
      }
    }
  });
});

describe("the OpenAPI document", () => {
  it("holds every route file, and every operation has one", async () => {
    const files = readdirSync(routesFolder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("route.ts")).map((file) => path.join(routesFolder, file));
    expect(new Set(operations.map(fileOf))).toEqual(new Set(files));
    const document = (await (await getOpenApi()).json()) as { openapi: string; paths: Record<string, Record<string, { operationId: string }>> };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)).sort()).toEqual(operations.map(({ id }) => id).sort());
  });
});
