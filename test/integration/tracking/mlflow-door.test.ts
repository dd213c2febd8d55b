import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { formatId } from "@/lib/core/ids";
import { createToken, revokeToken, systemContext, updateMember } from "@/lib/identity/server";
import { createRun } from "@/lib/tracking/service-create-run";

import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { testContext } from "../../support/factories";
import { mlflowDoor } from "../../support/mlflow";

const token = "slp_test_administrator_0123456789";
let deps: TestDeps;
let door: string;

beforeAll(async () => {
  deps = await openInstallation(token, { env: { SLIPWAY_UPLOAD_MAX_BYTES: "8MB" } });
  door = await mlflowDoor();
});
afterAll(() => deps.close());

const authorization = `Bearer ${token}`;
const json = { authorization, "content-type": "application/json" };
const send = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${door}${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string> | undefined) } });
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => send(`/api/2.0/mlflow/${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const artifacts = "/api/2.0/mlflow-artifacts/artifacts";
const runIdOf = async (response: Response): Promise<string> => ((await response.json()) as { run: { info: { run_id: string } } }).run.info.run_id;

/** Writes bytes on a connection of its own and returns all that comes back until it closes, or until `until` is seen. */
const raw = (parts: readonly (string | Buffer | number)[], until?: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(door);
    const socket = connect(Number(port), hostname);
    let got = "";
    socket.on("data", (data) => {
      got += data.toString("latin1");
      if (until?.test(got)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(got));
    void (async () => {
      for (const part of parts) {
        if (typeof part === "number") await new Promise((done) => setTimeout(done, part));
        else socket.write(part);
      }
    })();
  });

describe("the wire", () => {
  test.each(["/api/2.0/mlflow/experiments/get/?experiment_id=0", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0", "/api/2.0/mlflow/experiments/get?experiment%5Fid=0"])("answers %s itself, without a redirect", async (path) => {
    const response = await send(path, { redirect: "manual" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  test("tells anyone that it lives, by GET and by HEAD", async () => {
    expect(await (await fetch(`${door}/health`)).text()).toBe("OK");
    const head = await fetch(`${door}/health`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "2"]);
    expect(await (await fetch(`${door}/ajax-api/3.0/mlflow/server-info`)).json()).toMatchObject({ store_type: "SqlStore" });
  });

  test("leaves every other address to the server behind it", async () => {
    for (const path of ["/", "/api/2.0/mlflowx", "/api/4.0/mlflow/runs/get", "/healthy", "/api/slipway/v1/me"]) expect((await send(path)).headers.get("x-request-id")).toBeNull();
  });

  test("reads a body that comes byte by byte, in chunks, with DELETE, or not at all", async () => {
    const body = JSON.stringify({ experiment_id: "0" });
    const slow = await raw([`POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`, ...body.split("").flatMap((letter) => [letter, 1])]);
    expect(slow).toContain("HTTP/1.1 200 OK");
    const empty = await raw([`POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`]);
    expect(empty).toContain("HTTP/1.1 200 OK");
    await post("registered-models/create", { name: "to-delete" });
    const gone = await send("/api/2.0/mlflow/registered-models/delete", { method: "DELETE", headers: json, body: JSON.stringify({ name: "to-delete" }) });
    expect(gone.status).toBe(200);
    expect((await send("/api/2.0/mlflow/registered-models/get?name=to-delete")).status).toBe(404);
  });

  test("reads the fields of a GET without parameters from its body, as curl sends them", async () => {
    const body = '{"experiment_id": "0"}';
    const got = await raw([`GET /api/2.0/mlflow/experiments/get HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`]);
    expect(got).toContain('"name":"Default"');
    const other = await raw([`GET /api/2.0/mlflow/experiments/get?experiment_id=0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Length: 4\r\n\r\nnope`]);
    expect(other).toContain('"name":"Default"');
  });

  test("counts the last of an experiment's tags of one name", async () => {
    const { experiment_id } = (await (await post("experiments/create", { name: "tagged", tags: [{ key: "a", value: "1" }, { key: "b", value: "" }, { key: "a", value: "2" }] })).json()) as { experiment_id: string };
    const { experiment } = (await (await send(`/api/2.0/mlflow/experiments/get?experiment_id=${experiment_id}`)).json()) as { experiment: { tags: unknown } };
    expect(experiment.tags).toEqual([{ key: "a", value: "2" }, { key: "b", value: "" }]);
  });

  test.each([
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["a second length", "POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400],
    ["a header without end", `GET /health HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["a percent sign that encodes nothing", `GET /api/2.0/mlflow/runs%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`, 400],
  ])("tells of %s in so many words", async (_, bytes, status) => {
    const answer = await raw([bytes]);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toMatch(/"error_code":"(BAD_REQUEST|INVALID_PARAMETER_VALUE)"/);
  });

  test("asks for a body only from those who may send it", async () => {
    const head = (secret: string): string => `PUT ${artifacts}/0/expect.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n`;
    const refused = await raw([head("slp_nobody_knows_this_0123456789")]);
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(refused).not.toContain("100 Continue");
    const taken = await raw([head(token), 200, "abc"], /200 OK/);
    expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(await (await send(`${artifacts}/0/expect.bin`)).text()).toBe("abc");
  });
});

describe("artifacts", () => {
  const bytes = randomBytes(3_000_000);
  const put = (path: string, body: Uint8Array): Promise<Response> => send(`${artifacts}/${path}`, { method: "PUT", body: Buffer.from(body) });

  test("come back whole, by range, by their tag, and say what they hash to", async () => {
    expect((await put("0/bytes.bin", bytes)).status).toBe(200);
    const whole = await send(`${artifacts}/0/bytes.bin`);
    const sha256 = createHash("sha256").update(bytes).digest();
    expect(whole.headers.get("repr-digest")).toBe(`sha-256=:${sha256.toString("base64")}:`);
    expect(whole.headers.get("etag")).toBe(`"${sha256.toString("hex")}"`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await send(`${artifacts}/0/bytes.bin`, { headers: { range: "bytes=1000000-1999999" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 1000000-1999999/3000000"]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1_000_000, 2_000_000))).toBe(true);
    const outside = await send(`${artifacts}/0/bytes.bin`, { headers: { range: "bytes=3000000-" } });
    expect([outside.status, outside.headers.get("content-range")]).toEqual([416, "bytes */3000000"]);
    const known = await send(`${artifacts}/0/bytes.bin`, { headers: { "if-none-match": `"${sha256.toString("hex")}"` } });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    const changed = await send(`${artifacts}/0/bytes.bin`, { headers: { range: "bytes=0-9", "if-range": '"another"' } });
    expect(changed.status).toBe(200);
    await changed.arrayBuffer();
    const head = await send(`${artifacts}/0/bytes.bin`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "3000000"]);
  });

  test("of no bytes are files too", async () => {
    expect(await raw([`PUT ${artifacts}/0/empty.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`])).toContain("200 OK");
    const empty = await send(`${artifacts}/0/empty.txt`);
    expect([empty.status, empty.headers.get("content-length"), await empty.text()]).toEqual([200, "0", ""]);
  });

  test("that are replaced while they are read come whole, the old or the new", async () => {
    const contents = [randomBytes(400_000), randomBytes(500_000)] as const;
    await put("0/swapped.bin", contents[0]);
    const writes = (async () => {
      for (let turn = 1; turn < 20; turn += 1) await put("0/swapped.bin", contents[turn % 2] ?? contents[0]);
    })();
    for (let reads = 0; reads < 40; reads += 1) {
      const read = Buffer.from(await (await send(`${artifacts}/0/swapped.bin`)).arrayBuffer());
      expect(contents.some((content) => content.equals(read))).toBe(true);
    }
    await writes;
  });

  test("whose sender leaves midway leave nothing", async () => {
    const before = [];
    for await (const blob of deps.blobs.list()) before.push(blob.sha256);
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(door);
      const request = httpRequest({ host: hostname, port, method: "PUT", path: `${artifacts}/0/broken.bin`, headers: { authorization, "content-length": "5000000" } });
      request.on("error", () => resolve());
      request.write(randomBytes(1_000_000));
      setTimeout(() => request.destroy(), 100);
    });
    await new Promise((done) => setTimeout(done, 200));
    const after = [];
    for await (const blob of deps.blobs.list()) after.push(blob.sha256);
    expect(after.sort()).toEqual(before.sort());
    expect((await send(`${artifacts}/0/broken.bin`)).status).toBe(404);
    expect((await send("/health")).status).toBe(200);
  });
});

describe("who may do what", () => {
  test("counts at once when this process changes it, although look-ups are remembered", async () => {
    const owner = await testContext(deps, { roles: ["maintainer"], isAdmin: true });
    const member = await testContext(deps, { roles: ["contributor"], workspace: owner.workspace });
    const { token: view, secret } = await createToken(member, { name: "t", scopes: ["runs:read", "runs:write"], expiresInDays: 1, endpointIds: [] });
    const as = (path: string, init: RequestInit = {}): Promise<Response> => send(path, { ...init, headers: { ...json, authorization: `Bearer ${secret}`, "x-mlflow-workspace": owner.workspace.name } });
    const create = (): Promise<Response> => as("/api/2.0/mlflow/runs/create", { method: "POST", body: JSON.stringify({ experiment_id: "0" }) });
    expect((await create()).status).toBe(200);
    await updateMember(owner, formatId("user", member.actor.id), { roles: ["viewer"] });
    expect((await create()).status).toBe(403);
    await revokeToken(owner, view.id);
    expect((await create()).status).toBe(401);
  });

  test("expires also while it is remembered", async () => {
    const owner = await testContext(deps, { roles: ["contributor"] });
    const { token: view, secret } = await createToken(owner, { name: "short", scopes: ["runs:read"], expiresInDays: 1, endpointIds: [] });
    await deps.db.apiToken.updateMany({ where: { name: view.name, workspaceId: owner.workspace.id }, data: { expiresAt: new Date(Date.now() + 1_500) } });
    const ask = (): Promise<Response> => send("/api/2.0/mlflow/experiments/get?experiment_id=0", { headers: { authorization: `Bearer ${secret}`, "x-mlflow-workspace": owner.workspace.name } });
    expect((await ask()).status).toBe(200);
    await new Promise((done) => setTimeout(done, 1_600));
    expect((await ask()).status).toBe(401);
  });
});

describe("a repeated runs/create", () => {
  const body = (): Record<string, unknown> => ({ experiment_id: "0", user_id: "me", start_time: Date.now(), tags: [{ key: "nonce", value: randomBytes(8).toString("hex") }] });
  const path = "/api/2.0/mlflow/runs/create";
  const bytesOf = (text: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  const countOf = (content: Record<string, unknown>): Promise<number> => deps.db.runTag.count({ where: { key: "nonce", value: (content["tags"] as { value: string }[])[0]?.value ?? "" } });
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 100 && !(await isDone()); tries += 1) await new Promise((done) => setTimeout(done, 20));
  };

  test("gets the first run when the connection broke before the answer came", async () => {
    const content = body();
    const { hostname, port } = new URL(door);
    const socket = connect(Number(port), hostname);
    await deps.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT number FROM experiment WHERE number = 0 FOR UPDATE`; // holds the creation up until its client is gone
      socket.write(bytesOf(JSON.stringify(content)));
      await new Promise((done) => setTimeout(done, 250));
      socket.resetAndDestroy();
      await new Promise((done) => setTimeout(done, 50));
    });
    await until(async () => (await countOf(content)) === 1);
    const first = await deps.db.run.findFirstOrThrow({ where: { tags: { some: { key: "nonce", value: (content["tags"] as { value: string }[])[0]?.value ?? "" } } } });
    const answers = [await post("runs/create", content), await post("runs/create", content)];
    expect(await runIdOf(answers[0] as Response)).toBe(first.runId);
    expect(await runIdOf(answers[1] as Response)).not.toBe(first.runId); // the second has answered now: who asks again wants another
    expect(await countOf(content)).toBe(2);
  });

  test("gets the first run also from another process, and when both arrive at once there", async () => {
    const content = body();
    const first = await runIdOf(await post("runs/create", content));
    const row = await deps.db.runCreation.findFirstOrThrow({ where: { runId: first } });
    expect(row.expiresAt.getTime() - Date.now()).toBeGreaterThan(4 * 60_000);
    const ctx = await contextOf();
    const again = await Promise.all([1, 2, 3].map(() => createRun(ctx, { experimentId: "0", userId: "me", name: undefined, startTime: 1, tags: [] }, () => ({ fingerprint: Buffer.from(row.fingerprint), requestDigest: Buffer.from(row.requestDigest), expiresAt: row.expiresAt }))));
    expect(again.map(({ runId }) => runId)).toEqual([first, first, first]);
    const fingerprint = randomBytes(32);
    const twins = await Promise.all([1, 2, 3, 4].map(() => createRun(ctx, { experimentId: "0", userId: "me", name: undefined, startTime: 1, tags: [] }, () => ({ fingerprint, requestDigest: fingerprint, expiresAt: row.expiresAt }))));
    expect(new Set(twins.map(({ runId }) => runId)).size).toBe(1);
  });

  test("makes a run for each of two that a script starts in the same millisecond", async () => {
    const content = body();
    const ids = await Promise.all(Array.from({ length: 6 }, async () => runIdOf(await post("runs/create", content))));
    expect(new Set(ids).size).toBe(6);
    expect(new Set([...ids, await runIdOf(await post("runs/create", content))]).size).toBe(7);
  });

  test("makes a run each time where the body says no moment", async () => {
    for (const content of [{ experiment_id: "0" }, { experiment_id: "0", start_time: 1 }]) expect(await runIdOf(await post("runs/create", content))).not.toBe(await runIdOf(await post("runs/create", content)));
  });

  test("is one run for one Idempotency-Key, concurrently too, and refuses another body", async () => {
    const key = { "idempotency-key": randomBytes(8).toString("hex") };
    const content = body();
    const ids = await Promise.all(Array.from({ length: 6 }, async () => runIdOf(await post("runs/create", content, key))));
    expect(new Set(ids).size).toBe(1);
    const other = await post("runs/create", body(), key);
    expect([other.status, ((await other.json()) as { message: string }).message]).toEqual([422, "This Idempotency-Key was used for another request. Use a new key."]);
  });

  const contextOf = async () => {
    const workspace = await deps.db.workspace.findUniqueOrThrow({ where: { name: "default" } });
    return systemContext(deps, workspace, "test");
  };
});
