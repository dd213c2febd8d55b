import { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { GET as getDocument } from "@/app/documents/w/[workspace]/runs/[run]/[...path]/route";
import { putArtifact } from "@/lib/artifacts/server";
import { setWebDeps } from "@/lib/http/deps";
import { sealSession, sessionCookieName } from "@/lib/identity/server";
import { countRunsOperation, createExperimentOperation, deleteRunsOperation, downloadRunArtifactOperation, getRunOperation, listRunArtifactsOperation, listRunsOperation, registerRunOperation, updateExperimentOperation, updateRunOperation } from "@/lib/tracking";
import { createRun } from "@/lib/tracking/service-create-run";

import { callOperation, handlerOf } from "../support/api";
import { type TestDeps, testDeps } from "../support/deps";
import { testContext } from "../support/factories";

type Person = Awaited<ReturnType<typeof testContext>>;
let deps: TestDeps;
let me: Person;
let headers: Record<string, string>;
let workspace: string;
let number: string;
let runId: string;
let root: string;

beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
  me = await testContext(deps, { roles: ["contributor"] });
  headers = { cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, me.actor.sessionId)}` };
  workspace = me.workspace.name;
  const made = await callOperation(createExperimentOperation, { params: { workspace }, headers, body: { name: "credit" } });
  expect(made.status).toBe(201);
  number = String((made.body as { number: number }).number);
  const run = await createRun(me, { experimentId: number, userId: "mara", name: "brisk", startTime: 1_000, tags: [] });
  runId = run.runId;
  root = run.artifactUri.replace(/^mlflow-artifacts:\/+/, "");
  for (const [path, text] of Object.entries({ "report.html": "<script>1</script>", "notes 100%.txt": "0123456789", "model/MLmodel": "flavors: {}" })) await putArtifact(me, `${root}/${path}`, { source: Readable.from([Buffer.from(text)]) });
});
afterAll(() => deps.close());

const params = () => ({ workspace, run: runId });

describe("search", () => {
  test("says at which field it is wrong, and where", async () => {
    const answer = await callOperation(listRunsOperation, { params: { workspace, number }, headers, query: `?filter=${encodeURIComponent("metrics.auc > 1 AND planets.mars = 'x'")}` });
    expect(answer).toMatchObject({ status: 400, invalidParams: ["filter"], body: { at: 20 } });
    expect(await callOperation(countRunsOperation, { params: { workspace, number }, headers, query: "?filter=metrics.auc%20%3E" })).toMatchObject({ status: 400, invalidParams: ["filter"] });
    expect(await callOperation(listRunsOperation, { params: { workspace, number }, headers, query: "?sort=planets.size" })).toMatchObject({ status: 400, invalidParams: ["sort"] });
    expect(await callOperation(listRunsOperation, { params: { workspace, number }, headers, query: "?column=planets" })).toMatchObject({ status: 400, code: "http.invalid_query" });
    expect(await callOperation(listRunsOperation, { params: { workspace, number }, headers, query: "?cursor=nonsense" })).toMatchObject({ status: 400, code: "page.bad_cursor" });
    expect(await callOperation(listRunsOperation, { params: { workspace, number: "999999" }, headers })).toMatchObject({ status: 404 });
  });
  test("takes one column and several", async () => {
    for (const query of ["?column=tags.mlflow.runName", "?column=tags.mlflow.runName&column=metrics.auc"]) {
      expect(await callOperation(listRunsOperation, { params: { workspace, number }, headers, query })).toMatchObject({ status: 200, body: { items: [{ name: "brisk", tags: { "mlflow.runName": "brisk" }, childCount: 0 }] } });
    }
  });
});

describe("changes", () => {
  test("of a name that is taken, empty or too long are refused", async () => {
    await callOperation(createExperimentOperation, { params: { workspace }, headers, body: { name: "taken" } });
    expect((await callOperation(updateExperimentOperation, { params: { workspace, number }, headers, body: { name: "taken" } })).detail).toMatch(/already exists/);
    for (const name of ["", "  ", "x".repeat(501)]) expect(await callOperation(updateExperimentOperation, { params: { workspace, number }, headers, body: { name } })).toMatchObject({ status: 400, invalidParams: ["name"] });
    expect(await callOperation(updateRunOperation, { params: params(), headers, body: { name: " " } })).toMatchObject({ status: 400, invalidParams: ["name"] });
    expect(await callOperation(deleteRunsOperation, { params: { workspace }, headers, body: { runIds: ["x"] } })).toMatchObject({ status: 400 });
  });
  test("of another site's page are refused", async () => {
    const answer = await callOperation(updateRunOperation, { params: params(), headers: { ...headers, "sec-fetch-site": "cross-site" }, body: { note: "x" } });
    expect(answer).toMatchObject({ status: 403, code: "http.cross_site" });
    expect(await callOperation(getRunOperation, { params: params(), headers })).toMatchObject({ status: 200, body: { note: "" } });
  });
  test("that register a model twice with one key make one version", async () => {
    const call = () => callOperation(registerRunOperation, { params: params(), headers: { ...headers, "idempotency-key": "11111111-1111-4111-8111-111111111111" }, body: { model: "credit-pd", path: "model" } });
    const [first, second] = [await call(), await call()];
    expect(first).toMatchObject({ status: 201, body: { model: "credit-pd", number: 1, runId } });
    expect(second.body).toEqual(first.body);
  });
});

describe("files", () => {
  test("are listed, and downloaded whole or by range, as data that no browser interprets", async () => {
    expect(await callOperation(listRunArtifactsOperation, { params: params(), headers })).toMatchObject({ status: 200, body: { items: [{ path: "model", isFolder: true }, { path: "notes 100%.txt", size: 10 }, { path: "report.html" }] } });
    const handler = await handlerOf(downloadRunArtifactOperation);
    const open = (path: string[], range?: string) => handler(new Request("http://127.0.0.1:3000/x", { headers: { ...headers, ...(range ? { range } : {}) } }), { params: Promise.resolve({ workspace, run: runId, path }) });
    const part = await open(["notes 100%.txt"], "bytes=2-4");
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, "234", "bytes 2-4/10"]);
    const page = await open(["report.html"]);
    expect(page.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(page.headers.get("content-security-policy")).toMatch(/sandbox/);
    for (const path of [[".."], ["model", "..", "..", "x"], ["%2e%2e", "x"]]) expect((await open(path)).status).toBe(400);
    expect((await open(["none.txt"])).status).toBe(404);
  });

  test("that are HTML come as documents into an origin of their own, without network, for us alone to frame", async () => {
    const open = (path: string[], given = headers) => getDocument(new Request("http://127.0.0.1:3000/documents/x", { headers: given }), { params: Promise.resolve({ workspace, run: runId, path }) });
    const answer = await open(["report.html"]);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, "text/html; charset=utf-8", "<script>1</script>"]);
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const part of ["sandbox allow-scripts;", "default-src 'none'", "connect-src 'none'", "form-action 'none'", "frame-ancestors 'self'"]) expect(policy).toContain(part);
    expect(policy).not.toMatch(/allow-same-origin|allow-top-navigation|allow-popups|allow-forms|https?:/);
    expect((await open(["notes 100%.txt"])).status).toBe(415);
    expect((await open(["report.html"], {})).status).toBe(401);
    const stranger = await testContext(deps, { roles: ["maintainer"] });
    expect((await open(["report.html"], { cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, stranger.actor.sessionId)}` })).status).toBe(404);
  });
});
