import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAdminToken } from "@/lib/identity/server";

import { type Answer, type MlflowApi, openMlflowApi, queryOf, type Send } from "../../support/mlflow-api";

let api: MlflowApi;
beforeAll(async () => {
  api = await openMlflowApi();
});
afterAll(() => api.deps.close());

let made = 0;
const nextHex = (): string => (made += 1).toString(16).padStart(32, "0");

type Given = Record<string, unknown>;
const infoOf = (traceId: string, more: Given = {}): Given => ({
  trace_id: traceId, trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } }, request_time: "2026-11-20T12:00:00.123456789Z", execution_duration: "1.5s", state: "OK", trace_metadata: {}, tags: {}, ...more,
});
const start = (traceId: string, more: Given = {}): Promise<Answer> => api.v3("traces", { body: { trace: { trace_info: infoOf(traceId, more) } } });
const span = (hex: string, id: number, more: Given = {}): Given => ({ traceId: hex, spanId: id.toString(16).padStart(16, "0"), name: `span ${id}`, startTimeUnixNano: "1795176000000000000", endTimeUnixNano: "1795176001000000000", ...more });
const sendSpans = (spans: Given[], given: Send = {}): Promise<Answer> =>
  api.send("/v1/traces", { method: "POST", raw: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), ...given, headers: { "content-type": "application/json", "x-mlflow-experiment-id": "0", ...given.headers } });
type Trace = { trace_info: { trace_id: string; request_time: string; execution_duration?: string; state: string; tags: Record<string, string>; trace_metadata: Record<string, string>; assessments?: Given[] }; spans?: { name: string }[] };
const read = async (traceId: string): Promise<Trace> => (await api.v3(`traces/get?${queryOf({ trace_id: traceId, allow_partial: "True" })}`)).body["trace"] as Trace;
const readInfo = async (traceId: string): Promise<Trace["trace_info"]> => ((await api.v3(`traces/${traceId}`)).body["trace"] as Trace).trace_info;

describe("a trace and its spans", () => {
  test("mean the same in whatever order they come, and however often", async () => {
    const [early, late] = [nextHex(), nextHex()];
    await start(`tr-${early}`, { tags: { team: "risk" } });
    await sendSpans([span(early, 1), span(early, 2, { parentSpanId: "0000000000000001" })]);
    for (let time = 0; time < 2; time += 1) {
      await sendSpans([span(late, 1), span(late, 2, { parentSpanId: "0000000000000001" })]);
      await start(`tr-${late}`, { tags: { team: "risk" } });
    }
    const [first, second] = [await read(`tr-${early}`), await read(`tr-${late}`)];
    for (const trace of [first, second]) {
      expect(trace.spans?.map(({ name }) => name)).toEqual(["span 1", "span 2"]);
      expect(trace.trace_info).toMatchObject({ request_time: "2026-11-20T12:00:00.123Z", execution_duration: "1.500s", state: "OK", tags: { team: "risk", "mlflow.trace.spansLocation": "TRACKING_STORE" } });
    }
    expect(second.trace_info.tags["mlflow.artifactLocation"]).toBe(`mlflow-artifacts:/0/traces/tr-${late}/artifacts`);
  });

  test("grow with the spans until the trace is told, then keep what was told", async () => {
    const hex = nextHex();
    await sendSpans([span(hex, 2, { parentSpanId: "0000000000000001", startTimeUnixNano: "1795176002000000000", endTimeUnixNano: "1795176003000000000" })]);
    expect(await readInfo(`tr-${hex}`)).toMatchObject({ state: "IN_PROGRESS", execution_duration: "1s" });
    await sendSpans([span(hex, 1, { endTimeUnixNano: "1795176004000000000", status: { code: 2 } })]);
    expect(await readInfo(`tr-${hex}`)).toMatchObject({ state: "ERROR", request_time: "2026-11-20T12:00:00.000Z", execution_duration: "4s", tags: { "mlflow.traceName": "span 1" } });
    await start(`tr-${hex}`, { state: "OK" });
    await sendSpans([span(hex, 3, { parentSpanId: "0000000000000001", endTimeUnixNano: "1795176900000000000" })]);
    expect(await readInfo(`tr-${hex}`)).toMatchObject({ state: "OK", request_time: "2026-11-20T12:00:00.123Z", execution_duration: "1.500s" });
  });

  test("of many writers at once lose nothing", async () => {
    const traces = Array.from({ length: 4 }, nextHex);
    const answers = await Promise.all(Array.from({ length: 16 }, (_, writer) => sendSpans(traces.map((hex) => span(hex, writer + 1, { attributes: [{ key: "by", value: { intValue: String(writer) } }] })))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const hex of traces) expect((await read(`tr-${hex}`)).spans).toHaveLength(16);
  });

  test("are given whole only when all spans that the client counted have come", async () => {
    const hex = nextHex();
    await sendSpans([span(hex, 1)]);
    await start(`tr-${hex}`, { trace_metadata: { "mlflow.trace.sizeStats": '{"total_size_bytes": 1, "num_spans": 2}' } });
    expect(await api.v3(`traces/get?trace_id=tr-${hex}&allow_partial=false`)).toMatchObject({ status: 404, body: { message: expect.stringContaining("not fully exported") as string } });
    expect((await api.v3(`traces/batchGet?trace_ids=tr-${hex}`)).body).toEqual({});
    await sendSpans([span(hex, 2)]);
    expect((await api.v3(`traces/batchGet?${queryOf({ trace_ids: [`tr-${hex}`, "tr-none"] })}`)).body["traces"]).toHaveLength(1);
    expect((await api.v3("traces/batchGetInfos", { body: { trace_ids: [`tr-${hex}`, "tr-none"] } })).body["trace_infos"]).toHaveLength(1);
  });

  test("keep what Postgres could not hold as U+FFFD", async () => {
    const hex = nextHex();
    await sendSpans([span(hex, 1, { name: "a\0b", attributes: [{ key: "k\0", value: { stringValue: "\ud800" } }] })]);
    await start(`tr-${hex}`, { tags: { "a\0": "\udc00" }, request_preview: "x\ud800" });
    expect((await read(`tr-${hex}`)).spans?.[0]?.name).toBe("a\u{FFFD}b");
    expect((await readInfo(`tr-${hex}`)).tags["a\u{FFFD}"]).toBe("\u{FFFD}");
  });
});

describe("spans that are refused leave nothing behind", () => {
  test.each<[string, () => Promise<Answer>, RegExp]>([
    ["no experiment", () => sendSpans([span(nextHex(), 1)], { headers: { "x-mlflow-experiment-id": "" } }), /x-mlflow-experiment-id/],
    ["another media type", () => sendSpans([], { raw: "x", headers: { "content-type": "text/plain" } }), /Content-Type/],
    ["no spans", () => sendSpans([]), /no spans found/],
    ["bytes that are no protobuf", () => sendSpans([], { raw: new Uint8Array([255, 255, 255]), headers: { "content-type": "application/x-protobuf" } }), /Invalid OpenTelemetry format/],
    ["an unknown encoding", () => sendSpans([], { raw: "x", headers: { "content-encoding": "br" } }), /Content-Encoding/],
    ["what unpacks to more than 20 MB", () => sendSpans([], { raw: gzipSync(Buffer.alloc(30_000_000)), headers: { "content-encoding": "gzip" } }), /larger than 20000000 bytes/],
    ["one bad span among good ones", () => sendSpans([span("f".repeat(32), 1), { ...span("f".repeat(32), 2), spanId: "1" }]), /Invalid OpenTelemetry format/],
    ["more spans than a request may hold", () => sendSpans(Array.from({ length: 10_001 }, (_, index) => span("f".repeat(32), index + 1))), /at most 10000 spans/],
  ])("%s", async (_, call, message) => {
    const { status, body } = await call();
    expect([status, body["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(body["message"]).toMatch(message);
    expect(await api.deps.db.trace.count({ where: { traceId: `tr-${"f".repeat(32)}` } })).toBe(0);
  });
});

describe("who may", () => {
  test("read is told nothing of another workspace, and writes nothing", async () => {
    const hex = nextHex();
    await start(`tr-${hex}`);
    const { secret } = await createAdminToken(api.deps);
    await api.deps.db.apiToken.updateMany({ where: { name: "from the terminal" }, data: { scopes: ["runs:read"] } });
    const headers = { authorization: `Bearer ${secret}` };
    expect((await api.v3(`traces/tr-${hex}`, { headers })).status).toBe(200);
    const writes: [string, Send][] = [
      ["traces", { body: { trace: { trace_info: infoOf("tr-x") } } }],
      [`traces/tr-${hex}/tags`, { method: "PATCH", body: { key: "a", value: "b" } }],
      ["traces/delete-traces", { body: { experiment_id: "0", request_ids: [`tr-${hex}`] } }],
      [`traces/tr-${hex}/assessments`, { body: { assessment: { assessment_name: "a", feedback: { value: 1 }, source: { source_type: "HUMAN", source_id: "x" } } } }],
    ];
    for (const [path, given] of writes) expect((await api.v3(path, { ...given, headers })).status, path).toBe(403);
    expect((await sendSpans([span(hex, 1)], { headers })).status).toBe(403);
    const elsewhere = await api.deps.db.workspace.create({ data: { id: crypto.randomUUID(), name: "elsewhere", title: "elsewhere", createdAt: new Date() } });
    const admin = await api.deps.db.user.findFirstOrThrow({ where: { isAdmin: true } });
    await api.deps.db.membership.create({ data: { workspaceId: elsewhere.id, userId: admin.id, roles: ["contributor"], groups: [], createdAt: new Date() } });
    expect((await api.v3(`traces/tr-${hex}`, { headers: { "x-mlflow-workspace": "elsewhere" } })).status).toBe(404);
  });
});

describe("mistakes", () => {
  const refused = async (answer: Promise<Answer>, message: RegExp, [status, code]: [number, string] = [400, "INVALID_PARAMETER_VALUE"]): Promise<void> => {
    const { status: got, body } = await answer;
    expect([got, body["error_code"]], JSON.stringify(body)).toEqual([status, code]);
    expect(body["message"]).toMatch(message);
  };

  test("of a trace are named", async () => {
    await refused(start("../x"), /Invalid trace ID/);
    await refused(start("tr-1", { request_time: "yesterday" }), /request_time/);
    await refused(start("tr-1", { execution_duration: "1 hour" }), /execution_duration/);
    await refused(start("tr-1", { state: "FINE" }), /'trace\.trace_info\.state'/);
    await refused(start("tr-1", { trace_location: { type: "INFERENCE_TABLE", inference_table: {} } }), /trace location/);
    await refused(start("tr-1", { trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "777" } } }), /No Experiment/, [404, "RESOURCE_DOES_NOT_EXIST"]);
    await refused(start("tr-1", { tags: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`t${index}`, ""])) }), /at most 500 tags/);
    await refused(start("tr-1", { tags: { ["k".repeat(251)]: "" } }), /maximum length of 250/);
    await refused(start("tr-1", { assessments: [{ assessment_name: "a" }] }), /expectation.*feedback/);
    await refused(api.v3("traces/tr-none"), /^Trace with ID 'tr-none' not found\.$/, [404, "RESOURCE_DOES_NOT_EXIST"]);
  });

  test("of searches, tags, links and deletions are named", async () => {
    const search = (more: Given): Promise<Answer> => api.v3("traces/search", { body: { locations: [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } }], ...more } });
    await refused(search({ max_results: 501 }), /at most 500/);
    await refused(search({ page_token: "zzz" }), /./);
    await refused(search({ filter: "nonsense = 'a'" }), /Invalid attribute key 'nonsense'/);
    await refused(search({ filter: "metric.a > 1" }), /Invalid entity type 'metric'/);
    await refused(search({ order_by: ["nonsense"] }), /nonsense/);
    await start("tr-mistakes");
    await refused(api.v3("traces/tr-mistakes/tags", { method: "PATCH", body: { value: "x" } }), /'key'/);
    await refused(api.v2("traces/tr-mistakes/tags", { method: "DELETE", body: { key: "none" } }), /No trace tag with key 'none'/, [404, "RESOURCE_DOES_NOT_EXIST"]);
    await refused(api.v2("traces/link-to-run", { body: { trace_ids: ["tr-mistakes"] } }), /'run_id'/);
    await refused(api.v2("traces/delete-traces", { body: { experiment_id: "0" } }), /Either `max_timestamp_millis` or `trace_ids`/);
    await refused(api.v2("traces/delete-traces", { body: { experiment_id: "0", max_timestamp_millis: 1, request_ids: ["a"] } }), /Only one of/);
    await refused(api.v2("traces/delete-traces", { body: { experiment_id: "0", max_timestamp_millis: 1, max_traces: 0 } }), /positive integer, received 0/);
    await refused(api.v2("traces/delete-traces", { body: { max_timestamp_millis: 1 } }), /'experiment_id'/);
  });

  test("of assessments are named", async () => {
    await start("tr-judged");
    const assess = (assessment: Given): Promise<Answer> => api.v3("traces/tr-judged/assessments", { body: { assessment: { source: { source_type: "HUMAN", source_id: "x" }, ...assessment } } });
    await refused(assess({ feedback: { value: 1 } }), /'assessment\.assessment_name'/);
    await refused(assess({ assessment_name: "a", feedback: { value: 1 }, expectation: { value: 1 } }), /Exactly one/);
    await refused(assess({ assessment_name: "a", feedback: { value: 1 }, source: { source_type: "ORACLE" } }), /source_type/);
    await refused(assess({ assessment_name: "a", feedback: { value: "x".repeat(1_000_001) } }), /at most 1000000 bytes/);
    await refused(assess({ assessment_name: "a", feedback: { value: 1 }, overrides: "a-none" }), /a-none/, [404, "RESOURCE_DOES_NOT_EXIST"]);
    const { assessment_id: id } = (await assess({ assessment_name: "a", feedback: { value: [1, { deep: null }] } })).body["assessment"] as { assessment_id: string };
    const change = (body: Given): Promise<Answer> => api.v3(`traces/tr-judged/assessments/${id}`, { method: "PATCH", body });
    await refused(change({ assessment: {}, update_mask: "expectation" }), /Cannot update expectation value on a Feedback assessment/);
    await refused(change({ assessment: {}, update_mask: "source" }), /'source' of an assessment can't be changed/);
    await refused(change({ assessment: {} }), /'update_mask'/);
    expect((await readInfo("tr-judged")).assessments).toMatchObject([{ assessment_name: "a", feedback: { value: [1, { deep: null }] }, valid: true }]);
  });
});

test("deleting traces takes their spans and assessments along, and is on the record", async () => {
  const experiment = String((await api.v2("experiments/create", { body: { name: "deleted traces" } })).body["experiment_id"]);
  const hexes = Array.from({ length: 3 }, nextHex);
  for (const [index, hex] of hexes.entries()) {
    await sendSpans([span(hex, 1)], { headers: { "x-mlflow-experiment-id": experiment } });
    await start(`tr-${hex}`, { request_time: `2026-11-2${index}T00:00:00Z`, trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experiment } } });
  }
  const files = `${experiment}/traces/tr-${hexes[0] ?? ""}/artifacts/traces.json`;
  for (const path of [files, `${experiment}/other.txt`]) await api.send(`/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", raw: "{}" });
  const remove = async (more: Given): Promise<unknown> => (await api.v3("traces/delete-traces", { body: { experiment_id: experiment, ...more } })).body["traces_deleted"];
  expect(await remove({ max_timestamp_millis: Date.parse("2026-11-21T12:00:00Z"), max_traces: 1 })).toBe(1);
  expect((await api.v3(`traces/tr-${hexes[0] ?? ""}`)).status).toBe(404);
  expect((await api.deps.db.artifact.findMany({ where: { path: { startsWith: `${experiment}/` } } })).map(({ path }) => path)).toEqual([`${experiment}/other.txt`]);
  expect(await remove({ max_timestamp_millis: Date.parse("2026-11-21T12:00:00Z") })).toBe(1);
  expect(await remove({ request_ids: hexes.map((hex) => `tr-${hex}`) })).toBe(1);
  expect(await api.deps.db.traceSpan.count({ where: { traceId: { in: hexes.map((hex) => `tr-${hex}`) } } })).toBe(0);
  expect(await api.deps.db.auditEvent.count({ where: { action: "trace.delete", targetId: experiment } })).toBe(3);
  await api.v2("experiments/delete", { body: { experiment_id: experiment } });
  expect((await sendSpans([span(nextHex(), 1)], { headers: { "x-mlflow-experiment-id": experiment } })).body["message"]).toMatch(/'active' state/);
});
