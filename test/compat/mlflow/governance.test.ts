import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { preparePython, runMlflow } from "../../support/python";
import { startSystem, type System } from "../../support/system";

const folder = path.join(process.cwd(), "test", "compat", "mlflow");
type Received = { id: string; timestamp: string; signature: string; body: string };
type Notice = { entity: string; action: string; workspace: string; data: { name: string; version?: string } };

let system: System;
let python: string;
let receiver: Server;
let url: string;
const received: Received[] = [];

beforeAll(async () => {
  python = preparePython("mlflow-3", path.join(folder, "requirements.txt"));
  receiver = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const header = (name: string): string => message.headers[name]?.toString() ?? "";
      received.push({ id: header("x-mlflow-delivery-id"), timestamp: header("x-mlflow-timestamp"), signature: header("x-mlflow-signature"), body: Buffer.concat(chunks).toString() });
      response.end("taken");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  url = `http://${host}/hook`;
  system = await startSystem({ env: { SLIPWAY_WEBHOOK_ALLOWED_HOSTS: host } });
}, 1_800_000);
afterAll(async () => {
  await system.stop();
  receiver.closeAllConnections();
  receiver.close();
});

const notices = (): Notice[] => received.map(({ body }) => JSON.parse(body) as Notice);

describe("the unmodified MLflow client, governed", () => {
  test("manages webhooks, prompts and workspaces, and is refused protected names with the link to ask", async () => {
    const { code, output } = await runMlflow(python, path.join(folder, "governance.py"), system.url, { MLFLOW_TRACKING_TOKEN: system.admin.token, RECEIVER: url });
    expect(code, output).toBe(0);
    expect(output).toContain("ok all");
  }, 600_000);

  test("has its events delivered, signed, each under one id", async () => {
    const seen = (entity: string): Notice[] => notices().filter((notice) => notice.entity === entity && !notice.data.name.startsWith("example"));
    await expect.poll(() => seen("prompt_version").length, { timeout: 30_000 }).toBe(2);
    expect(seen("registered_model")).toHaveLength(1);
    expect(seen("model_version")).toMatchObject([{ action: "created", workspace: "default", data: { version: "1" } }]);
    expect(seen("model_version_alias")).toMatchObject([{ data: { alias: "challenger", version: "1" } }]);
    for (const { id, timestamp, signature, body } of received) expect(signature).toBe(`v1,${createHmac("sha256", "s3cret").update(`${id}.${timestamp}.${body}`).digest("base64")}`);
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
  }, 60_000);

  test("loses no event when the worker is killed", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `after-kill-${index}`);
    let killed: number | undefined;
    for (const [index, name] of names.entries()) {
      const answer = await system.call("POST", "/api/2.0/mlflow/registered-models/create", { name });
      expect(answer.status).toBe(200);
      if (index % 7 !== 3) continue;
      const isBack = async (): Promise<boolean> => ![undefined, 0, killed].includes((await system.state()).processes["worker"]);
      await expect.poll(isBack, { timeout: 30_000 }).toBe(true);
      killed = await system.kill("worker");
    }
    const told = (): string[] => [...new Set(notices().map(({ data }) => data.name).filter((name) => names.includes(name)))];
    await expect.poll(() => told().length, { timeout: 120_000 }).toBe(names.length);
    expect(told()).toEqual(names);
  }, 180_000);
});
