import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { GET as pullBlob } from "@/app/api/internal/blobs/[sha256]/route";
import { PUT as putBlob } from "@/app/api/slipway/v1/w/[workspace]/blobs/route";
import { deleteArtifacts, listArtifacts, openArtifact, putArtifact, signPull, uploadBlob } from "@/lib/artifacts/server";
import { openBlobStore } from "@/lib/platform/blob-store";
import { getVersion } from "@/lib/registry/server";

import { type TestDeps, testEnv } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { testContext } from "../../support/factories";
import { type HttpServer, serveRoutes } from "../../support/http-server";
import { digitsModel, makeVersion, sourceOf } from "../../support/models";

const token = "slp_test_administrator_0123456789";
let deps: TestDeps;
let server: HttpServer;

beforeAll(async () => {
  deps = await openInstallation(token, { env: { SLIPWAY_UPLOAD_MAX_BYTES: "1MB" } });
  server = await serveRoutes((request) => putBlob(request, { params: Promise.resolve({ workspace: "default" }) }));
});
afterAll(async () => {
  await server.close();
  await deps.close();
});

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const incoming = (): string[] => readdirSync(path.join(deps.env.artifactRoot, "incoming"));
const put = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> => fetch(server.url, { method: "PUT", body: Buffer.from(body), headers: { authorization: `Bearer ${token}`, ...headers } });

describe("an upload", () => {
  test("answers with digest and size, and twice the same is one blob", async () => {
    const bytes = Buffer.from("a model");
    for (let time = 0; time < 2; time += 1) {
      const answer = await put(bytes, { "x-slipway-sha256": sha256(bytes) });
      expect(answer.status).toBe(201);
      expect(await answer.json()).toEqual({ sha256: sha256(bytes), size: bytes.length });
    }
  });

  test("of nothing is an empty file", async () => {
    expect(await (await put(new Uint8Array(0))).json()).toEqual({ sha256: sha256(new Uint8Array(0)), size: 0 });
  });

  test.each([
    ["with another digest", (): Promise<Response> => put(Buffer.from("changed"), { "x-slipway-sha256": "a".repeat(64) }), 400, "blob.digest_mismatch"],
    ["with a digest that is none", (): Promise<Response> => put(Buffer.from("x"), { "x-slipway-sha256": "abc" }), 400, "blob.bad_digest"],
    ["that announces too much", (): Promise<Response> => put(Buffer.alloc(1_000_001)), 413, "blob.too_large"],
    ["without a token", (): Promise<Response> => put(Buffer.from("x"), { authorization: "Bearer slp_nobody_0123456789" }), 401, "token.unknown"],
  ])("%s is refused and leaves nothing", async (_, send, status, code) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, status });
    expect(incoming()).toEqual([]);
  });

  test("that grows beyond the limit while it streams is refused and leaves nothing", async () => {
    const ctx = await testContext(deps);
    await expect(uploadBlob(ctx, { source: sourceOf(Buffer.alloc(1_000_001)) })).rejects.toMatchObject({ kind: "too_large" });
    expect(incoming()).toEqual([]);
  });

  test("that is cut off leaves nothing", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`PUT / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000000\r\n\r\n${"only this".repeat(10_000)}`);
    await expect.poll(() => incoming().length, { timeout: 5_000 }).toBe(1);
    socket.destroy();
    await expect.poll(() => incoming().length, { timeout: 5_000 }).toBe(0);
  });
});

describe("the blob store", () => {
  test("says what to do when its folder can't be used", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "slipway-blobs-"));
    writeFileSync(path.join(folder, "file"), "");
    const store = openBlobStore({ artifactRoot: path.join(folder, "file") });
    await expect(store.put(sourceOf(Buffer.from("x")), { maxBytes: 10 })).rejects.toMatchObject({ message: expect.stringMatching(/file/) as string });
    rmSync(folder, { recursive: true });
  });

  test("names the disk when it is full, and refuses a root that is neither a folder nor a bucket", async () => {
    const full = { async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> { yield await Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" })); } };
    await expect(deps.blobs.put(full, { maxBytes: 10 })).rejects.toMatchObject({ kind: "disk_full", message: expect.stringMatching(/Free space/) as string });
    expect(() => testEnv(deps.databaseUrl, deps.env.home, { SLIPWAY_ARTIFACT_ROOT: "ftp://host/folder" })).toThrow(/Set it to a folder, or to s3:/);
  });

  test("reads ranges, lists what it holds, and misses what it does not", async () => {
    const bytes = Buffer.from("0123456789");
    const { sha256: digest } = await deps.blobs.put(sourceOf(bytes, 3), { maxBytes: 100 });
    expect(Buffer.from(await deps.blobs.read(digest, 4, 3)).toString()).toBe("456");
    expect(Buffer.from(await deps.blobs.read(digest, 8, 30)).toString()).toBe("89");
    expect(await deps.blobs.size(digest)).toBe(10);
    expect(await deps.blobs.size("f".repeat(64))).toBeUndefined();
    const listed: string[] = [];
    for await (const blob of deps.blobs.list()) listed.push(blob.sha256);
    expect(listed).toContain(digest);
    await expect(deps.blobs.open("../../etc/passwd")).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("artifacts under a path", () => {
  test("are replaced, listed by folder and deleted with all inside", async () => {
    const ctx = await testContext(deps);
    for (const [name, text] of [["a/b/one.txt", "1"], ["a/b/two.txt", "22"], ["a/b0", "x"], ["a/b.txt", "y"], ["a/b/one.txt", "111"]] as const) await putArtifact(ctx, name, { source: sourceOf(Buffer.from(text)) });
    expect(await listArtifacts(ctx, "a")).toEqual([
      { name: "b", isFolder: true, size: null },
      { name: "b.txt", isFolder: false, size: 1 },
      { name: "b0", isFolder: false, size: 1 },
    ]);
    expect((await listArtifacts(ctx, "a/b/")).map(({ name, size }) => [name, size])).toEqual([["one.txt", 3], ["two.txt", 2]]);
    expect((await listArtifacts(ctx, "")).map(({ name }) => name)).toEqual(["a"]);
    expect(await deleteArtifacts(ctx, "a/b")).toBe(2);
    expect((await listArtifacts(ctx, "a")).map(({ name }) => name)).toEqual(["b.txt", "b0"]);
    await expect(openArtifact(ctx, "a/b/one.txt")).rejects.toMatchObject({ kind: "not_found" });
  });

  test("belong to their workspace", async () => {
    const [owner, stranger] = [await testContext(deps), await testContext(deps)];
    await putArtifact(owner, "mine.txt", { source: sourceOf(Buffer.from("secret")) });
    await expect(openArtifact(stranger, "mine.txt")).rejects.toMatchObject({ kind: "not_found" });
    expect(await listArtifacts(stranger, "")).toEqual([]);
  });
});

describe("a pull token", () => {
  test("opens the files of its manifest, by range, and no others", async () => {
    const ctx = await testContext(deps);
    const model = await digitsModel();
    await makeVersion(deps, ctx, "pulled", { "model.onnx": model });
    const other = await uploadBlob(ctx, { source: sourceOf(Buffer.from("another file")) });
    const { manifestDigest } = await getVersion(ctx, "pulled", 1);
    const pull = (digest: string, bearer: string, headers: Record<string, string> = {}): Promise<Response> =>
      pullBlob(new Request(`http://x/api/internal/blobs/${digest}`, { headers: { authorization: `Bearer ${bearer}`, ...headers } }), { params: Promise.resolve({ sha256: digest }) });
    const good = signPull(deps.env, { workspaceId: ctx.workspace.id, manifestDigest: manifestDigest ?? "" });
    expect(Buffer.from(await (await pull(sha256(model), good)).arrayBuffer())).toEqual(model);
    const part = await pull(sha256(model), good, { range: "bytes=1-4" });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 1-4/${model.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(model.subarray(1, 5));
    expect((await pull(other.sha256, good)).status).toBe(404);
    expect((await pull(sha256(model), `${good}x`)).status).toBe(401);
    expect((await pull(sha256(model), signPull(deps.env, { workspaceId: ctx.workspace.id, manifestDigest: manifestDigest ?? "" }, Date.now() - 3_600_000))).status).toBe(401);
    expect((await pull("../../x", good)).status).toBe(404);
  });
});
