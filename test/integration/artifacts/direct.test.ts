import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { writeBackup } from "@/bin/support/backup";
import { readBackup } from "@/bin/support/restore";
import { collectStorage, hashPending, listDueHashes } from "@/lib/artifacts/server";
import { freezeWaitingVersion, getVersion, listVersionsToFreeze } from "@/lib/registry/server";

import { emptyDatabase } from "../../support/database";
import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { testContext } from "../../support/factories";
import { handleMlflow } from "../../support/mlflow";
import { digitsModel, runInspections } from "../../support/models";
import { canServeS3, type S3Server, startS3Server } from "../../support/s3-server";

const token = "slp_test_administrator_0123456789";
const base = "/api/2.0/mlflow-artifacts";
const partBytes = 5 * 1_048_576;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

type Body = Record<string, unknown>;
const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: Body }> => {
  const answer = await handleMlflow(new Request(`http://127.0.0.1:3000${path}`, {
    method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  return { status: answer.status, body: (await answer.json()) as Body };
};
const download = async (path: string, headers: Record<string, string> = {}): Promise<{ status: number; etag: string | null; bytes: Buffer }> => {
  const answer = await handleMlflow(new Request(`http://127.0.0.1:3000${base}/artifacts/${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } }));
  return { status: answer.status, etag: answer.headers.get("etag"), bytes: Buffer.from(await answer.arrayBuffer()) };
};

type Begun = { upload_id: string; credentials: { url: string; part_number: number; headers: Record<string, string> }[] };
const begin = async (folder: string, file: string, parts: number): Promise<Begun> => {
  const { status, body } = await send("POST", `${base}/mpu/create/${folder}`, { path: `C:\\Users\\me\\${file}`, num_parts: parts });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Begun;
};
type Sent = { part_number: number; etag: string; url: string };
const sendParts = (begun: Begun, bytes: Uint8Array): Promise<Sent[]> =>
  Promise.all(begun.credentials.map(async ({ url, part_number }) => {
    const answer = await fetch(url, { method: "PUT", body: Buffer.from(bytes.subarray((part_number - 1) * partBytes, part_number * partBytes)) });
    expect(answer.status, await answer.text()).toBe(200);
    return { part_number, etag: answer.headers.get("etag") ?? "", url };
  }));
const complete = (folder: string, file: string, begun: Begun, parts: Sent[]) => send("POST", `${base}/mpu/complete/${folder}`, { path: `/home/me/${file}`, upload_id: begun.upload_id, parts });
const upload = async (folder: string, file: string, bytes: Uint8Array): Promise<Begun> => {
  const begun = await begin(folder, file, Math.max(1, Math.ceil(bytes.length / partBytes)));
  expect(await complete(folder, file, begun, await sendParts(begun, bytes))).toEqual({ status: 200, body: {} });
  return begun;
};

describe.skipIf(!canServeS3())("an upload past the server", () => {
  let server: S3Server;
  let deps: TestDeps;
  const settle = async (): Promise<void> => {
    for (const name of await listDueHashes(deps)) await hashPending(deps, name);
    for (const version of await listVersionsToFreeze(deps)) await freezeWaitingVersion(deps, version);
  };
  const storedNames = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { sha256: name } of deps.blobs.list()) names.push(name);
    return names;
  };

  beforeAll(async () => {
    server = await startS3Server();
    deps = await openInstallation(token, { env: { ...server.variables, SLIPWAY_UPLOAD_MAX_BYTES: "20MB" } });
  }, 900_000);
  afterAll(async () => {
    await deps.close();
    await server.stop();
  });

  test("is announced to clients without credentials", async () => {
    const answer = await handleMlflow(new Request("http://127.0.0.1:3000/api/3.0/mlflow/server-info"));
    expect(await answer.json()).toMatchObject({ multipart_uploads_enabled: true, multipart_downloads_enabled: true });
  });

  test("can be read as soon as it is complete, and has its digest once a worker has read it", async () => {
    const bytes = randomBytes(2 * partBytes + 12_345);
    const begun = await upload("0/run/artifacts/a b", "ü.bin", bytes);
    const path = "0/run/artifacts/a%20b/%C3%BC.bin";
    const early = await download(path);
    expect(early.bytes.equals(bytes)).toBe(true);
    expect(early.etag).toMatch(/^"pending-/);
    expect((await download(path, { range: "bytes=5-9" })).bytes).toEqual(bytes.subarray(5, 10));
    expect(await storedNames()).not.toContain(sha256(bytes));
    const signed = (await send("GET", `${base}/presigned/${path}`)).body as { url: string; headers: Body; file_size: number };
    expect(signed).toMatchObject({ headers: {}, file_size: bytes.length });

    await settle();
    const late = await download(path);
    expect(late.bytes.equals(bytes)).toBe(true);
    expect(late.etag).toBe(`"${sha256(bytes)}"`);
    expect(await storedNames()).toContain(sha256(bytes));
    for (const { url } of [signed, (await send("GET", `${base}/presigned/${path}`)).body as { url: string }]) {
      const part = await fetch(url, { headers: { range: "bytes=100-199" } });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-disposition")).toContain("attachment");
      expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(100, 200));
    }
    // a client that lost the answer asks again; one that gives up too late changes nothing
    expect((await complete("0/run/artifacts/a b", "ü.bin", begun, begun.credentials.map(({ part_number, url }) => ({ part_number, etag: "x", url })))).status).toBe(200);
    expect((await send("POST", `${base}/mpu/abort/0/run/artifacts/a%20b`, { path: "ü.bin", upload_id: begun.upload_id })).status).toBe(200);
    expect((await download(path)).etag).toBe(late.etag);
    const events = await deps.db.auditEvent.findMany({ where: { action: { in: ["artifact.upload", "artifact.hash"] }, targetName: { contains: "ü.bin" } }, orderBy: { id: "asc" } });
    expect(events.map(({ action }) => action)).toEqual(["artifact.upload", "artifact.hash"]);
  });

  test("is one blob with the same bytes sent through the server", async () => {
    const bytes = randomBytes(1_000);
    await handleMlflow(new Request(`http://127.0.0.1:3000${base}/artifacts/0/same/through.bin`, { method: "PUT", body: bytes, headers: { authorization: `Bearer ${token}` } }));
    await upload("0/same", "direct.bin", bytes);
    await settle();
    const rows = await deps.db.artifact.findMany({ where: { path: { startsWith: "0/same/" } }, select: { sha256: true } });
    expect(rows.map((row) => row.sha256)).toEqual([sha256(bytes), sha256(bytes)]);
    expect(await deps.db.blob.count({ where: { sha256: { startsWith: "pending-" } } })).toBe(0);
  });

  test("makes a version wait, frozen as it was when it was registered", async () => {
    const model = await digitsModel();
    await upload("0/waiting/artifacts/model", "model.onnx", model);
    const create = (name: string) => send("POST", `/api/2.0/mlflow/${name}`, name === "registered-models/create" ? { name: "waiting" } : { name: "waiting", source: "mlflow-artifacts:/0/waiting/artifacts/model" });
    expect((await create("registered-models/create")).status).toBe(200);
    const made = await create("model-versions/create");
    expect(made.status, JSON.stringify(made.body)).toBe(200);
    await upload("0/waiting/artifacts/model", "model.onnx", randomBytes(10)); // what comes after is no longer part of it
    const workspace = await deps.db.workspace.findFirstOrThrow({ where: { name: "default" }, select: { id: true, name: true } });
    const ctx = await testContext(deps, { workspace });
    expect(await getVersion(ctx, "waiting", 1)).toMatchObject({ status: "checking", statusReason: expect.stringContaining("being hashed") as string, manifestDigest: null });
    deps.jobs.sent.length = 0;
    await settle();
    await runInspections(deps);
    expect(await getVersion(ctx, "waiting", 1)).toMatchObject({ status: "ready", manifestDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const [entry] = await deps.db.manifestEntry.findMany({ where: { path: "model.onnx" } });
    expect(entry?.sha256).toBe(sha256(model));
    expect(await deps.db.pendingManifestEntry.count()).toBe(0);
  });

  test("is in a backup before it is hashed, and has its digest once that is restored", async () => {
    const bytes = randomBytes(5_000);
    await upload("0/backed-up", "file.bin", bytes);
    const folder = mkdtempSync(path.join(tmpdir(), "slipway-backup-"));
    const file = path.join(folder, "backup.tar");
    await writeBackup({ databaseUrl: deps.ownerUrl, artifactRoot: deps.env.artifactRoot, s3: deps.env.s3, file });
    const target = await emptyDatabase();
    await readBackup({ ownerUrl: target.ownerUrl, artifactRoot: path.join(folder, "artifacts"), file, migrationsFolder: path.resolve("prisma/migrations") });
    const client = new Client({ connectionString: target.ownerUrl });
    await client.connect();
    expect((await client.query("SELECT sha256 FROM artifact WHERE path = '0/backed-up/file.bin'")).rows).toEqual([{ sha256: sha256(bytes) }]);
    expect((await client.query("SELECT (SELECT sum(bytes) FROM workspace_storage) = (SELECT sum(size) FROM blob) AS agrees, (SELECT count(*)::int FROM pending_blob) AS pending")).rows).toEqual([{ agrees: true, pending: 0 }]);
    await client.end();
    await target.close();
    rmSync(folder, { recursive: true });
    await settle();
  });

  test.each([
    ["fewer parts than it was begun with", (parts: Sent[]) => parts.slice(1)],
    ["another entity tag", (parts: Sent[]) => parts.map((part) => ({ ...part, etag: '"00000000000000000000000000000000"' }))],
    ["a part twice", (parts: Sent[]) => [...parts.slice(1), ...parts.slice(1)]],
  ])("with %s is refused with 400 and leaves no artifact", async (_, change) => {
    const begun = await begin("0/broken", "file.bin", 2);
    const parts = await sendParts(begun, randomBytes(partBytes + 10));
    expect((await complete("0/broken", "file.bin", begun, change(parts))).status).toBe(400);
    expect((await download("0/broken/file.bin")).status).toBe(404);
    expect((await send("POST", `${base}/mpu/abort/0/broken`, { path: "file.bin", upload_id: begun.upload_id })).status).toBe(200);
    expect((await complete("0/broken", "file.bin", begun, parts)).status).toBe(404);
  });

  test("beyond the limit of a file is refused with 413, and nothing of it stays", async () => {
    const begun = await begin("0/large", "file.bin", 5);
    const parts = await sendParts(begun, randomBytes(4 * partBytes + 10));
    const { status, body } = await complete("0/large", "file.bin", begun, parts);
    expect([status, body["message"]]).toEqual([413, expect.stringContaining("SLIPWAY_UPLOAD_MAX_BYTES")]);
    expect((await fetch(begun.credentials[0]?.url ?? "", { method: "PUT", body: "late" })).status).toBe(404);
    expect(await deps.db.directUpload.count({ where: { completedAt: null } })).toBe(0);
  });

  test("to a bad path, a frozen one, of a stranger's, or in too many parts is refused", async () => {
    expect((await send("POST", `${base}/mpu/create/0/a%2F..%2F..`, { path: "x", num_parts: 1 })).status).toBe(400);
    expect((await send("POST", `${base}/mpu/create/versions/ver_x`, { path: "x", num_parts: 1 })).status).toBe(403);
    expect((await send("POST", `${base}/mpu/create/0/x`, { path: "..", num_parts: 1 })).status).toBe(400);
    expect((await send("POST", `${base}/mpu/create/0/x`, { path: "x", num_parts: 10_001 })).status).toBe(400);
    const begun = await begin("0/mine", "file.bin", 1);
    for (const upload_id of ["nonsense", "018f0000-0000-7000-8000-000000000000"]) expect((await send("POST", `${base}/mpu/complete/0/mine`, { path: "file.bin", upload_id, parts: [{ part_number: 1, etag: "x" }] })).status).toBe(404);
    expect((await send("POST", `${base}/mpu/complete/0/other`, { path: "file.bin", upload_id: begun.upload_id, parts: [{ part_number: 1, etag: "x" }] })).status).toBe(404);
  });

  test("that nobody completes is given up after its day", async () => {
    const begun = await begin("0/forgotten", "file.bin", 1);
    await sendParts(begun, randomBytes(100));
    await deps.db.directUpload.update({ where: { id: begun.upload_id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    expect((await collectStorage(deps)).uploads).toBe(1);
    expect((await fetch(begun.credentials[0]?.url ?? "", { method: "PUT", body: "late" })).status).toBe(404);
    expect(await deps.db.directUpload.count({ where: { id: begun.upload_id } })).toBe(0);
  });
});

describe("an upload past the server, where artifacts are in a folder", () => {
  let deps: TestDeps;
  beforeAll(async () => {
    deps = await openInstallation(token);
  });
  afterAll(() => deps.close());

  test.each([["POST", "mpu/create/0/x"], ["POST", "mpu/complete/0/x"], ["POST", "mpu/abort/0/x"], ["GET", "presigned/0/x"]])("%s %s is not there, in the words at which clients fall back", async (method, path) => {
    if (method === "GET") await handleMlflow(new Request(`http://127.0.0.1:3000${base}/artifacts/0/x`, { method: "PUT", body: "x", headers: { authorization: `Bearer ${token}` } }));
    const { status, body } = await send(method, `${base}/${path}`, method === "POST" ? { path: "file.bin", upload_id: "u", num_parts: 1, parts: [] } : undefined);
    expect([status, body["error_code"]]).toEqual([501, "NOT_IMPLEMENTED"]);
    expect(body["message"]).toMatch(/^Multipart upload is not supported for the current artifact repository/);
  });

  test("is not announced", async () => {
    const answer = await handleMlflow(new Request("http://127.0.0.1:3000/api/3.0/mlflow/server-info"));
    expect(await answer.json()).toMatchObject({ multipart_uploads_enabled: false, multipart_downloads_enabled: false });
  });
});
