import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import * as story from "@/bin/demo/story";
import { openTerminal } from "@/bin/demo/terminal";
import { findFreePort } from "@/lib/platform/postgres";

import { preparePython } from "../../support/python";
import { evaluation } from "../../support/release";
import { startSystem, type System } from "../../support/system";

const model = "risk";
const versions = `/models/${model}/versions`;

type Finding = { code: string; severity: string };
type Version = { status: string; statusReason: string | null; format: string; inspection: { findings: Finding[]; mlflow: { flavors: { name: string; version: string | null; serialization: string | null }[]; example: { body: string } } } };
type Fit = { runtime: string; kind: string; canServe: boolean; reason: string; url: string | null; state: string | null; stateReason: string | null; verified: string };
type Serving = { runtimes: Fit[]; serveCommand: string };
type Rollout = { id: string; phase: string; reason: string | null };

let system: System;
let python: string;
let stage: story.Stage;
let token: string;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  python = preparePython("mlflow-client", path.join(process.cwd(), "examples", "quickstart", "requirements.txt"));
  system = await startSystem();
  stage = await story.openStage({ url: system.url, gatewayUrl: system.gatewayUrl, adminToken: system.admin.token }, openTerminal({ isTTY: false, columns: 120, write: () => true }, 9));
  token = (await stage.engineer.call<{ secret: string }>("POST", "/tokens", { name: "caller", scopes: ["predict"], expiresInDays: 1 })).secret;
}, 900_000);
afterAll(async () => {
  for (const server of servers) if (server.exitCode === null && server.signalCode === null) endServer(server);
  await system?.stop();
});

const variables = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, LANG } = process.env;
  return { PATH: `${path.dirname(python)}:${PATH ?? ""}`, HOME, LANG, NODE_ENV: "test", MLFLOW_TRACKING_URI: system.url, MLFLOW_TRACKING_TOKEN: system.admin.token, MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2", GIT_PYTHON_REFRESH: "quiet" };
};

const follow = (child: ChildProcess): (() => string) => {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => (output += data.toString()));
  return () => output;
};

/** Starts MLflow's own scoring server of a version, by the words of the page's command, and waits until it answers. */
const startServer = async (number: number): Promise<{ url: string; child: ChildProcess }> => {
  const port = await findFreePort();
  // A process group of its own: the command starts uvicorn, whose processes would outlive it.
  const child = spawn(python, ["-m", "mlflow", "models", "serve", "-m", `models:/${model}/${number}`, "--env-manager", "local", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"], { env: variables(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  servers.push(child);
  const output = follow(child);
  const url = `http://127.0.0.1:${port}`;
  for (let look = 0; look < 480; look += 1) {
    if (child.exitCode !== null) throw new Error(`the scoring server ended:\n${output()}`);
    if (await fetch(`${url}/ping`).then(({ ok }) => ok, () => false)) return { url, child };
    await sleep(250);
  }
  throw new Error(`the scoring server does not answer:\n${output()}`);
};
const endServer = ({ pid }: ChildProcess): void => {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
};

type Calls = { items: { arm: string; versionNumber: number; status: number }[]; nextCursor: string | null };

const fitOf = async (number: number): Promise<Fit> => {
  const found = (await stage.engineer.call<Serving>("GET", `${versions}/${number}/runtimes`)).runtimes.find(({ kind }) => kind === "mlflow");
  if (!found) throw new Error("there is no runtime of scoring servers");
  return found;
};
const stateBecomes = (number: number, state: string) => expect.poll(async () => (await fitOf(number)).state, { timeout: 60_000, interval: 500 }).toBe(state);

const modelCard = { kind: "model_card", schemaVersion: 1, details: "risk", intendedUse: "tests", trainingData: "four people", limitations: "many", owners: "Mara" };

const approve = async (number: number, champion?: number): Promise<{ finding: string }> => {
  const document = evaluation(champion);
  await stage.engineer.call("POST", `${versions}/${number}/evidence`, { document: document.baseline ? { ...document, baseline: { ...document.baseline, model } } : document });
  await stage.engineer.call("POST", `${versions}/${number}/evidence`, { document: modelCard });
  const request = await stage.engineer.call<{ number: string }>("POST", "/requests", { model, version: number, environment: "production" });
  const dossier = await stage.approver.call<{ checks: { key: string; status: string; finding: string }[] }>("GET", `/requests/${request.number}`);
  const decided = await stage.approver.call<{ status: string }>("POST", `/requests/${request.number}/reviews`, { decision: "approve", comment: "The pickle is our own; it runs in its own server." });
  expect(decided.status).toBe("APPROVED");
  return dossier.checks.find(({ key }) => key === "inspection") ?? { finding: "" };
};

const endOf = async (id: string, whileWaiting: () => Promise<void>, seconds: number): Promise<Rollout> => {
  const until = Date.now() + seconds * 1_000;
  for (;;) {
    const seen = await stage.engineer.call<Rollout>("GET", `/rollouts/${id}`);
    if (["SUCCEEDED", "ROLLED_BACK", "CANCELLED", "HELD", "STUCK"].includes(seen.phase)) return seen;
    if (Date.now() > until) throw new Error(`the rollout is still ${seen.phase}: ${seen.reason ?? ""}`);
    await whileWaiting();
  }
};

const place = (): string => `${system.gatewayUrl}/w/default/production`;
const ask = async (url: string, body: unknown): Promise<{ status: number; version: string | null; answer: unknown }> => {
  const response = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  return { status: response.status, version: response.headers.get("x-slipway-version"), answer: await response.json() };
};
const infer = () => ask(`${place()}/v2/models/${model}/infer`, { id: "a", inputs: [{ name: "visits", datatype: "INT64", shape: [2], data: [1, 4] }, { name: "age", datatype: "FP64", shape: [2], data: [21, 62] }] });
const invoke = () => ask(`${place()}/endpoints/${model}/invocations`, { dataframe_split: { columns: ["age", "visits"], data: [[21.0, 1], [62.0, 4]] } });
const traffic = async (): Promise<void> => {
  await Promise.all(Array.from({ length: 8 }, infer));
};

describe("a pickle that MLflow's client logged", () => {
  let first: Awaited<ReturnType<typeof startServer>>;

  test("is understood at registration", async () => {
    const child = spawn(python, [path.join(process.cwd(), "test", "compat", "mlflow", "serving.py")], { env: variables(), stdio: ["ignore", "pipe", "pipe"] });
    const output = follow(child);
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code, output()).toBe(0);
    await expect.poll(async () => (await stage.engineer.call<Version>("GET", `${versions}/2`)).status, { timeout: 60_000 }).toBe("ready");
    const version = await stage.engineer.call<Version>("GET", `${versions}/1`);
    expect(version).toMatchObject({ status: "ready", statusReason: null, format: "mlflow" });
    expect(version.inspection.findings).toMatchObject([{ code: "mlflow.runs_code", severity: "caution" }]);
    expect(version.inspection.mlflow.flavors).toContainEqual(expect.objectContaining({ name: "sklearn", version: "1.9.1", serialization: "cloudpickle" }));
    expect(JSON.parse(version.inspection.mlflow.example.body)).toEqual({ dataframe_split: { columns: ["age", "visits"], data: [[21, 1], [35, 2]] } });
    const serving = await stage.engineer.call<Serving>("GET", `${versions}/1/runtimes`);
    expect(serving.runtimes.map(({ kind, canServe }) => [kind, canServe])).toEqual([["mlflow", true], ["onnx", false]]);
    expect(serving.serveCommand).toContain(`mlflow models serve -m models:/${model}/1 `);
  }, 300_000);

  test("is served by MLflow's own server once it is approved, by both forms of request", async () => {
    first = await startServer(1);
    await stage.engineer.call("PUT", `${versions}/1/runtimes/mlflow`, { url: first.url });
    await stateBecomes(1, "READY");
    expect((await fitOf(1)).verified).toContain("own input example");
    await stage.engineer.call("POST", "/endpoints", { name: model, environment: "production", model, runtime: "mlflow" });
    await expect(stage.engineer.call("POST", "/rollouts", { endpoint: model, environment: "production", version: 1, strategy: "all_at_once" })).rejects.toThrow(/not approved/);
    expect((await approve(1)).finding).toMatch(/Loading it runs code, which this policy allows.*model\.pkl: This is a Python pickle/);
    const started = await stage.engineer.call<Rollout>("POST", "/rollouts", { endpoint: model, environment: "production", version: 1, strategy: "all_at_once" });
    expect(await endOf(started.id, () => sleep(250), 120)).toMatchObject({ phase: "SUCCEEDED" });

    expect(await infer()).toMatchObject({ status: 200, answer: { model_name: model, id: "a", outputs: [{ name: "predictions", shape: [2], datatype: "INT64", data: [0, 1] }] } });
    expect(await invoke()).toMatchObject({ status: 200, answer: { predictions: [0, 1] } });
    const wrong = await ask(`${place()}/v2/models/${model}/infer`, { inputs: [{ name: "age", datatype: "FP64", shape: [1], data: [1] }] });
    expect(wrong).toMatchObject({ status: 400, answer: { error: 'The input "visits" is missing.' } });
  }, 300_000);

  test("gives way to the next version by canary, from server to server", async () => {
    const preview = await stage.engineer.call<{ runtime: { url: string | null }; schema: { verdict: string } }>("GET", "/rollouts/preview", undefined, { endpoint: model, environment: "production", version: 2 });
    expect(preview).toMatchObject({ schema: { verdict: "compatible", against: 1 }, runtime: { canServe: true, url: null } });
    const second = await startServer(2);
    await stage.engineer.call("PUT", `${versions}/2/runtimes/mlflow`, { url: second.url });
    await stateBecomes(2, "READY");
    await approve(2, 1);
    const plan = {
      steps: [{ kind: "shadow", mirrorPercent: 100, minPairs: 20, bakeSeconds: 1, deadlineSeconds: 120 }, { kind: "canary", weightPercent: 50, minRequests: 50, bakeSeconds: 1, deadlineSeconds: 120 }],
      guardrails: [{ metric: "error_rate", margin: 0.3 }],
      postBakeSeconds: 1,
      warmSeconds: 60,
    };
    const started = await stage.engineer.call<Rollout>("POST", "/rollouts", { endpoint: model, environment: "production", version: 2, strategy: "canary", plan });
    expect(await endOf(started.id, traffic, 200)).toMatchObject({ phase: "SUCCEEDED" });
    expect(await infer()).toMatchObject({ status: 200, answer: { outputs: [{ data: [10, 11] }] } });

    // All pages: a quick machine answers more calls after the promotion than one page holds.
    const armsSeen = async (): Promise<string[]> => {
      const seen = new Set<string>();
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Calls = await stage.engineer.call<Calls>("GET", `/endpoints/${model}/calls`, undefined, { environment: "production", limit: 500, ...(cursor !== undefined && { cursor }) });
        for (const { arm, versionNumber, status } of page.items) seen.add(`${arm} v${versionNumber} ${status}`);
        cursor = page.nextCursor;
      }
      return [...seen];
    };
    await expect.poll(armsSeen, { timeout: 20_000 }).toEqual(expect.arrayContaining(["candidate v2 200", "stable v1 200"]));

    endServer(second.child);
    await stateBecomes(2, "UNAVAILABLE");
    expect((await infer()).status).toBe(502);
    const back = await stage.engineer.call<Rollout>("POST", `/endpoints/${model}/rollback`, { reason: "the server of v2 is gone" }, { environment: "production" });
    expect(await endOf(back.id, () => sleep(250), 60)).toMatchObject({ phase: "SUCCEEDED" });
    expect(await infer()).toMatchObject({ status: 200, answer: { outputs: [{ data: [0, 1] }] } });
    endServer(first.child);
  }, 600_000);
});
