import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { preparePython, runMlflow } from "../../support/python";
import { startSystem, type System } from "../../support/system";

const folder = path.join(process.cwd(), "test", "compat", "mlflow");
const requirements = path.join(process.cwd(), "examples", "quickstart", "requirements.txt");

let system: System;
let python: string;

beforeAll(async () => {
  python = preparePython("mlflow-client", requirements);
  system = await startSystem();
}, 900_000);
afterAll(() => system.stop());

describe("the unmodified MLflow client", () => {
  test("logs, searches, registers, loads and is refused as it expects", async () => {
    const { code, output } = await runMlflow(python, path.join(folder, "drive.py"), system.url, { MLFLOW_TRACKING_TOKEN: system.admin.token });
    expect(code, output).toBe(0);
    expect(output).toContain("ok autolog");
  }, 600_000);

  test("runs the quickstart as it stands, signing in by name and token", async () => {
    const script = path.join(process.cwd(), "examples", "quickstart", "train_with_mlflow.py");
    const { code, output } = await runMlflow(python, script, system.url, { MLFLOW_TRACKING_USERNAME: "anyone", MLFLOW_TRACKING_PASSWORD: system.admin.token });
    expect(code, output).toBe(0);
    expect(output).toContain("registered digits version 1");
    const ready = async (): Promise<string> => ((await (await system.call("GET", "/api/slipway/v1/w/default/models/digits/versions/1")).json()) as { status: string }).status;
    await expect.poll(ready, { timeout: 60_000 }).toBe("ready");
  }, 300_000);

  test("is told how to sign in when it sends the password of an account", async () => {
    const answer = await fetch(`${system.url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers: { authorization: `Basic ${Buffer.from(`${system.admin.email}:${system.admin.password}`).toString("base64")}` } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("Basic");
    expect(await answer.json()).toMatchObject({ error_code: "UNAUTHENTICATED", message: expect.stringContaining("API token") as string });
  });
});
