import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { GET as live } from "@/app/api/health/live/route";
import { GET as ready } from "@/app/api/health/ready/route";
import { GET as metrics } from "@/app/metrics/route";
import { peerHeader } from "@/lib/http/client-address";
import { setWebDeps } from "@/lib/http/deps";
import { createToken } from "@/lib/identity/server";
import { openDatabase } from "@/lib/platform/db";
import packageDocument from "@/package.json";

import { type TestDeps, testDeps } from "../support/deps";
import { testContext } from "../support/factories";
import { mlflowDoor } from "../support/mlflow";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
});
afterAll(() => deps.close());

type Readiness = { ready: boolean; checks: { name: string; ok: boolean; detail?: string }[] };
const readiness = async (): Promise<{ status: number; body: Readiness }> => {
  const response = await ready();
  return { status: response.status, body: (await response.json()) as Readiness };
};
const asOwner = async (sql: string): Promise<void> => {
  const url = new URL(inject("postgresUrl"));
  url.pathname = new URL(deps.databaseUrl).pathname;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

describe("web", () => {
  it("says that it lives and which release it is", async () => {
    const door = await mlflowDoor();
    const textOf = async (path: string): Promise<string> => (await fetch(`${door}${path}`)).text();
    expect(await textOf("/health")).toBe("OK");
    expect(live().status).toBe(200);
    expect(await textOf("/version")).toBe(packageDocument.version);
  });

  it("is ready with exactly its own schema, and names what is missing otherwise", async () => {
    expect(await readiness()).toEqual({ status: 200, body: { ready: true, checks: [{ name: "database", ok: true }, { name: "schema", ok: true }] } });
    await asOwner("INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, started_at, applied_steps_count) VALUES ('x', 'x', '29991231000000_from_the_future', now(), now(), 1)");
    expect((await readiness()).body.checks[1]?.detail).toMatch(/newer than this release.*29991231000000_from_the_future/);
    await asOwner("DELETE FROM _prisma_migrations WHERE migration_name = '29991231000000_from_the_future' OR migration_name LIKE '%create_inference_log'");
    expect(await readiness()).toMatchObject({ status: 503, body: { ready: false, checks: [{ name: "database", ok: true }, { name: "schema", ok: false, detail: expect.stringMatching(/create_inference_log.*npm run migrate/) as string }] } });
  });

  it("is not ready without its database", async () => {
    const gone = openDatabase({ url: "postgres://nobody:x@127.0.0.1:1/none", poolMax: 1, applicationName: "gone", statementTimeoutMs: 1_000 });
    deps.clock.useDatabase();
    setWebDeps({ ...deps, db: gone });
    expect(await readiness()).toMatchObject({ status: 503, body: { ready: false, checks: [{ name: "database", ok: false }] } });
    setWebDeps(deps);
    deps.clock.set(new Date("2026-11-20T12:00:00.000Z"));
    await gone.$disconnect();
  });

  it("shows its metrics to this machine and to the scope metrics:read alone", async () => {
    const ask = (headers: Record<string, string>) => metrics(new Request("http://127.0.0.1/metrics", { headers }));
    expect(await (await ask({ [peerHeader]: "127.0.0.1" })).text()).toContain("slipway_http_requests_total");
    expect((await ask({ [peerHeader]: "203.0.113.4" })).status).toBe(401);
    expect((await ask({ [peerHeader]: "203.0.113.4", "x-forwarded-for": "127.0.0.1" })).status).toBe(401);
    const operator = await testContext(deps, { roles: ["operator"] });
    const tokenOf = async (scopes: ("metrics:read" | "models:read")[]) => (await createToken(operator, { name: "m", scopes, expiresInDays: 1, endpointIds: [] })).secret;
    expect((await ask({ authorization: `Bearer ${await tokenOf(["metrics:read"])}` })).status).toBe(200);
    expect((await ask({ authorization: `Bearer ${await tokenOf(["models:read"])}` })).status).toBe(403);
  });
});
