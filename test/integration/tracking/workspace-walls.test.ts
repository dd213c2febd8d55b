import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { insertPolicyRevision } from "@/lib/governance/server";
import { setWebDeps } from "@/lib/http/deps";
import { createToken } from "@/lib/identity/server";
import { endpoints } from "@/lib/tracking/mlflow/dispatch";
import type { Endpoint } from "@/lib/tracking/mlflow/endpoint";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { callMlflow, type MlflowAnswer } from "../../support/mlflow-call";

/** Stands in everything that the first workspace holds, and in no request of the second: whatever answers it has leaked. */
const hidden = "HIDDEN-7f3a";

type Side = { token: string; workspace: string };
let deps: TestDeps;
let first: Side;
let second: Side;
/** Every id and name of the first workspace, under each parameter name that a call of the wire may read. */
let known: Record<string, unknown>;

const open = async (): Promise<Side> => {
  const ctx = await testContext(deps, { roles: ["maintainer"] });
  const production = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: ctx.workspace.id, isProduction: true } });
  const document = { checks: [], approvals: { minimum: 1, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };
  await insertPolicyRevision(deps.db, { workspaceId: ctx.workspace.id, environmentId: production.id, revision: 1, document, createdBy: null, now: await deps.clock.now(deps.db) });
  return { token: (await createToken(ctx, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] })).secret, workspace: ctx.workspace.name };
};
const as = (side: Side, path: string, body?: unknown, method?: string): Promise<MlflowAnswer> => callMlflow(path, { ...side, ...(body === undefined ? {} : { body }), ...(method === undefined ? {} : { method }) });
const make = async (path: string, body: unknown, method?: string): Promise<Record<string, never>> => {
  const answer = await as(first, path, body, method);
  expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300);
  return answer.body as Record<string, never>;
};
const v2 = "/api/2.0/mlflow";
const v3 = "/api/3.0/mlflow";

beforeAll(async () => {
  deps = await testDeps();
  deps.clock.useDatabase();
  setWebDeps(deps);
  first = await open();
  second = await open();
  let experimentId = "";
  for (let index = 0; index < 3; index += 1) experimentId = (await make(`${v2}/experiments/create`, { name: `experiment ${index}`, tags: [{ key: "t", value: hidden }] }))["experiment_id"] ?? "";
  const { run } = (await make(`${v2}/runs/create`, { experiment_id: experimentId, start_time: 1, run_name: "secret run", tags: [{ key: "mlflow.note.content", value: hidden }] })) as unknown as { run: { info: { run_id: string } } };
  const runId = run.info.run_id;
  await make(`${v2}/runs/log-batch`, { run_id: runId, metrics: [{ key: "loss", value: 0.123456, timestamp: 1, step: 1 }], params: [{ key: "p", value: hidden }] });
  await make(`${v2}/runs/log-inputs`, { run_id: runId, datasets: [{ dataset: { name: "rows", digest: "d1", source_type: "local", source: hidden } }] });
  const { model } = (await make(`${v2}/logged-models`, { experiment_id: experimentId, name: "net", source_run_id: runId, params: [{ key: "p", value: hidden }], tags: [{ key: "t", value: hidden }] })) as unknown as { model: { info: { model_id: string } } };
  const modelId = model.info.model_id;
  const files = `${experimentId}/${runId}/artifacts`;
  for (const path of [`${files}/notes.txt`, `${experimentId}/models/${modelId}/artifacts/MLmodel`]) await make(`/api/2.0/mlflow-artifacts/artifacts/${path}`, hidden, "PUT");
  await make(`${v2}/registered-models/create`, { name: "churn", description: hidden });
  await make(`${v2}/model-versions/create`, { name: "churn", source: `models:/${modelId}`, description: hidden, tags: [{ key: "t", value: hidden }] });
  await make(`${v2}/registered-models/alias`, { name: "churn", alias: "gold", version: "1" });
  const { webhook } = (await make(`${v2}/webhooks`, { name: "ci", url: "https://hooks.invalid/x", description: hidden, events: [{ entity: "PROMPT", action: "CREATED" }] })) as unknown as { webhook: { webhook_id: string } };
  const traceId = `tr-${"a".repeat(32)}`;
  await make(`${v3}/traces`, { trace: { trace_info: { trace_id: traceId, trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experimentId } }, request_time: "2026-11-20T12:00:00Z", execution_duration: "1s", state: "OK", request_preview: hidden, tags: { t: hidden } } } });
  const { assessment } = (await make(`${v3}/traces/${traceId}/assessments`, { assessment: { assessment_name: "good", source: { source_type: "HUMAN", source_id: "me" }, rationale: hidden, feedback: { value: true }, create_time: "2026-11-20T12:00:00Z", last_update_time: "2026-11-20T12:00:00Z" } })) as unknown as { assessment: { assessment_id: string } };
  known = {
    experiment_id: experimentId, experiment_ids: [experimentId], experiment_name: "experiment 2", new_name: "other", run_id: runId, run_uuid: runId, run_ids: [runId], metric_key: "loss", key: "t", value: "changed", timestamp: 2,
    status: "FINISHED", name: "churn", version: "1", alias: "gold", stage: "Production", source: `models:/${modelId}`, description: "changed", model_id: modelId, webhook_id: webhook.webhook_id, url: "https://hooks.invalid/y",
    trace_id: traceId, request_id: traceId, trace_ids: [traceId], request_ids: [traceId], assessment_id: assessment.assessment_id, path: `${files}/notes.txt`, artifact_directory_path: "", artifact_file_path: "MLmodel", num_parts: 1, upload_id: "none",
    field_mask: "rationale", max_timestamp_millis: 9_999_999_999_999, username: "person@example.org", password: "a long enough password", permission: "READ", is_admin: false, model_json: JSON.stringify({ artifact_path: "m", flavors: {}, utc_time_created: "2026-11-20 12:00:00", run_id: runId }),
    tags: [{ key: "t", value: "changed" }], params: [{ key: "q", value: "changed" }], metrics: [{ key: "loss", value: 1, timestamp: 1, step: 1 }], models: [{ model_id: modelId, step: 0 }], datasets: [], locations: [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experimentId } }],
    trace: { trace_info: { trace_id: `tr-${"b".repeat(32)}`, trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experimentId } }, request_time: "2026-11-20T12:00:00Z", state: "OK" } },
    assessment: { assessment_name: "bad", source: { source_type: "HUMAN", source_id: "me" }, feedback: { value: false } }, prompt_versions: [{ name: "churn", version: "1" }], event: { entity: "PROMPT", action: "CREATED" }, events: [{ entity: "PROMPT", action: "CREATED" }],
  };
});
afterAll(() => deps.close());

/** What the first workspace reads of itself: nothing that the second does may change it. */
const readFirst = async (): Promise<string[]> => {
  const reads = [
    `${v2}/experiments/get?experiment_id=${textOf("experiment_id")}`, `${v2}/runs/get?run_id=${textOf("run_id")}`, `${v2}/logged-models/${textOf("model_id")}`, `${v2}/registered-models/get?name=churn`, `${v2}/model-versions/get?name=churn&version=1`,
    `${v2}/webhooks/${textOf("webhook_id")}`, `${v3}/traces/${textOf("trace_id")}`, `/api/2.0/mlflow-artifacts/artifacts/${textOf("path")}`, `${v2}/artifacts/list?run_id=${textOf("run_id")}`, `${v2}/metrics/get-history?run_id=${textOf("run_id")}&metric_key=loss`,
  ];
  return Promise.all(reads.map(async (path) => {
    const { status, text: body } = await as(first, path);
    expect(status, `${path} ${body}`).toBe(200);
    return `${path} ${body}`;
  }));
};

/** Calls that make something new, or look for things: in the second workspace they find its own, which is nothing. */
const fresh = [/(experiments|registered-models)\/create$/, /\/search$/, /search-datasets$/, /^mlflow\/webhooks$/, /get-history-bulk(-interval)?$/, /^mlflow-artifacts\/artifacts/, /mpu\//, /presigned/, /batchGet(Infos)?$/, /delete-traces$/, /^mlflow\/traces$/, /mlflow\/users\//, /mlflow\/roles\//, /permissions\//];
const isFresh = ({ path }: Endpoint): boolean => fresh.some((pattern) => pattern.test(path));

const textOf = (name: string): string => (typeof known[name] === "string" ? known[name] : "none");
const addressOf = ({ path, major = 2 }: Endpoint): string => {
  const filled = path.replace(/\{(\w+)\*?\}/g, (_, name: string) => textOf(name));
  return path.startsWith("/") ? filled : `/api/${major}.0/${filled}`;
};
const queryOf = (bag: Record<string, unknown>): string => new URLSearchParams(Object.entries(bag).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).filter((item) => typeof item !== "object").map((item): [string, string] => [name, String(item)]))).toString();
/** Values that one call alone reads in another form. */
const overrides: Record<string, Record<string, unknown>> = {
  "mlflow/runs/log-metric": { value: 1 },
  "mlflow/logged-models/{model_id}": { status: "LOGGED_MODEL_READY" },
  "mlflow/webhooks/{webhook_id}": { status: "ACTIVE" },
  "mlflow/traces/{request_id}": { timestamp_ms: 1, status: "OK" },
  "mlflow/traces/{trace_id}/assessments/{assessment_id}": { update_mask: "rationale" },
};
const send = (side: Side, endpoint: Endpoint, method: string): Promise<MlflowAnswer> => {
  // A new thing of its own must not be taken for the one that is looked for.
  const bag: Record<string, unknown> = isFresh(endpoint) && method === "POST" ? { ...known, name: "own", experiment_name: "own" } : { ...known, ...overrides[endpoint.path] };
  return method === "GET" ? as(side, `${addressOf(endpoint)}?${queryOf(bag)}`) : as(side, addressOf(endpoint), bag, method);
};

describe("ids of another workspace", () => {
  test("are nowhere, in every call of the wire, and nothing behind them changes", async () => {
    const before = await readFirst();
    expect(before.join("\n")).toContain(hidden);
    const wrong: string[] = [];
    const calls = endpoints.flatMap((endpoint) => endpoint.methods.map((method) => ({ endpoint, method })));
    expect(calls.length).toBeGreaterThan(100);
    for (const { endpoint, method } of calls) {
      const { status, text } = await send(second, endpoint, method);
      const line = `${method} ${endpoint.path}: ${status} ${text.slice(0, 160)}`;
      if (text.includes(hidden) || status >= 500 && status !== 501) wrong.push(`leaks or breaks: ${line}`);
      else if (!isFresh(endpoint) && endpoint.path !== "/v1/traces" && status !== 404) wrong.push(`is not a 404: ${line}`);
    }
    expect(wrong).toEqual([]);
    expect(await readFirst()).toEqual(before);
  });

  test("are nowhere by the header of a workspace that the token does not open", async () => {
    for (const endpoint of endpoints.filter(({ methods }) => methods.includes("GET"))) {
      const { status, text } = await send({ token: second.token, workspace: first.workspace }, endpoint, "GET");
      expect([status, text.includes(hidden)], endpoint.path).toEqual([404, false]);
    }
  });
});
