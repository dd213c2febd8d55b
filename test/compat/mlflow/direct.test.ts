import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { preparePython } from "../../support/python";
import { canServeS3, type S3Server, startS3Server } from "../../support/s3-server";
import { startSystem, type System } from "../../support/system";

const folder = path.join(process.cwd(), "test", "compat", "mlflow");
const size = 600_000_000;

const runPython = (python: string, variables: Record<string, string>): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const { PATH, HOME, LANG } = process.env;
    const child = spawn(python, [path.join(folder, "direct.py")], { env: { PATH, HOME, LANG, NODE_ENV: "test", MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true", MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2", GIT_PYTHON_REFRESH: "quiet", ...variables } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });

describe.skipIf(!canServeS3())("the unmodified MLflow client and an object store", () => {
  let server: S3Server;
  let system: System;
  let python: string;

  beforeAll(async () => {
    python = preparePython("mlflow-3", path.join(folder, "requirements.txt"));
    server = await startS3Server();
    system = await startSystem({ env: server.variables });
  }, 900_000);
  afterAll(async () => {
    await system.stop();
    await server.stop();
  });

  /** Bytes that web has read and written since it started, sockets included (Linux counts both). */
  const trafficOfWeb = async (): Promise<{ read: number; written: number }> => {
    const text = readFileSync(`/proc/${(await system.state()).processes["web"] ?? 0}/io`, "utf8");
    const of = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1]);
    return { read: of("rchar"), written: of("wchar") };
  };
  const put = (name: string, bytes: Buffer): Promise<Response> =>
    fetch(`${system.url}/api/2.0/mlflow-artifacts/artifacts/0/${name}`, { method: "PUT", headers: { authorization: `Bearer ${system.admin.token}` }, body: new Uint8Array(bytes) });

  test("600 MB go up and come back past the server, and get their digest afterwards", async () => {
    const before = await trafficOfWeb();
    const { code, output } = await runPython(python, { MLFLOW_TRACKING_URI: system.url, MLFLOW_TRACKING_TOKEN: system.admin.token });
    expect(code, output).toBe(0);
    const after = await trafficOfWeb();
    expect(after.read - before.read).toBeLessThan(size / 20);
    expect(after.written - before.written).toBeLessThan(size / 20);

    const [, runId = ""] = /^run ([0-9a-f]{32})$/m.exec(output) ?? [];
    const [, digest = ""] = /^sha256 ([0-9a-f]{64})$/m.exec(output) ?? [];
    const etag = async (): Promise<string | null> => {
      const answer = await fetch(`${system.url}/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/weights/large%20file.bin`, { headers: { authorization: `Bearer ${system.admin.token}`, range: "bytes=0-0" } });
      await answer.arrayBuffer();
      return answer.headers.get("etag");
    };
    await expect.poll(etag, { timeout: 120_000, interval: 1_000 }).toBe(`"${digest}"`);
  }, 600_000);

  test("what goes through the server is seen by that measure", async () => {
    const before = await trafficOfWeb();
    expect((await put("through.bin", Buffer.alloc(50_000_000, 7))).status).toBe(200);
    const { read, written } = await trafficOfWeb();
    expect(read - before.read).toBeGreaterThan(50_000_000);
    expect(written - before.written).toBeGreaterThan(50_000_000);
  }, 120_000);
});
