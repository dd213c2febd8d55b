import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type MlflowApi, openMlflowApi, queryOf } from "../../support/mlflow-api";

/** One line: method, call, fields ($names stand for what is made below), status, error code, and how the message begins or what it holds. */
type Line = [method: string, call: string, fields: Record<string, unknown>, status: number, code: string, message: string | RegExp];

let api: MlflowApi;
const made: Record<string, string> = {};

const fill = (value: unknown): unknown => {
  if (typeof value === "string") return value.replace(/\$([A-Z]+)/g, (_, name: string) => made[name] ?? "");
  if (Array.isArray(value)) return value.map(fill);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)])) : value;
};

beforeAll(async () => {
  api = await openMlflowApi();
  const make = async (call: string, body: unknown): Promise<Record<string, unknown>> => (await api.v2(call, { body: fill(body) })).body;
  const runOf = (answer: Record<string, unknown>): string => (answer["run"] as { info: { run_id: string } }).info.run_id;
  made["ACTIVE"] = String((await make("experiments/create", { name: "active" }))["experiment_id"]);
  made["GONE"] = String((await make("experiments/create", { name: "gone" }))["experiment_id"]);
  await make("experiments/delete", { experiment_id: "$GONE" });
  made["RUN"] = runOf(await make("runs/create", { experiment_id: "$ACTIVE", start_time: 1_000 }));
  made["DEADRUN"] = runOf(await make("runs/create", { experiment_id: "$ACTIVE" }));
  await make("runs/delete", { run_id: "$DEADRUN" });
  await make("runs/log-parameter", { run_id: "$RUN", key: "p", value: "1" });
  made["MODEL"] = ((await make("logged-models", { experiment_id: "$ACTIVE", name: "model" }))["model"] as { info: { model_id: string } }).info.model_id;
});
afterAll(() => api.deps.close());

const bad = "INVALID_PARAMETER_VALUE";
const none = "RESOURCE_DOES_NOT_EXIST";
const missing = (name: string): string => `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`;
const wrong = (value: string, name: string, type: string): string => `Invalid value ${value} for parameter '${name}' supplied:  Hint: Value was of type '${type}'. See the API docs for more information about request parameters.`;
const tooLong = (what: string, length: number): string => `'${what}' exceeds the maximum length of ${length} characters`;
const resolves = (value: string, name: string, to: string): string => `Invalid value "${value}" for parameter '${name}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${to}'`;
const letters = "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
const inactive = (what: string): RegExp => new RegExp(`^The ${what} \\w+ must be in the 'active' state. Current state is deleted\\.$`);
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const long = (length: number): string => "x".repeat(length);
const noRun = "0".repeat(32);

// What MLflow 3.17.2's own server answers to the same calls, but for 5xx and successes that hide a mistake: those are 4xx here.
const experiments: Line[] = [
  ["POST", "experiments/create", {}, 400, bad, missing("name")],
  ["POST", "experiments/create", { name: "" }, 400, bad, missing("name")],
  ["POST", "experiments/create", { name: "  " }, 400, bad, "Invalid experiment name"],
  ["POST", "experiments/create", { name: long(501) }, 400, bad, tooLong("name", 500)],
  ["POST", "experiments/create", { name: 123 }, 400, bad, wrong("123", "name", "int")],
  ["POST", "experiments/create", { name: ["a"] }, 400, bad, wrong('["a"]', "name", "list")],
  ["POST", "experiments/create", { name: "active" }, 400, "RESOURCE_ALREADY_EXISTS", "Experiment(name=active) already exists."],
  ["POST", "experiments/create", { name: "gone" }, 400, "RESOURCE_ALREADY_EXISTS", "Experiment(name=gone) already exists."],
  ["POST", "experiments/create", { name: "a", artifact_location: "s3://b/p#frag" }, 400, bad, "'artifact_location' URL can't include fragments or params."],
  ["POST", "experiments/create", { name: "a", artifact_location: "s3://b/p?a=../b" }, 400, bad, "Invalid query string"],
  ["POST", "experiments/create", { name: "a", artifact_location: "s3://b/../p" }, 400, bad, "Invalid artifact location"],
  ["POST", "experiments/create", { name: "a", artifact_location: `s3://b/${long(2_048)}` }, 400, bad, "Invalid artifact path length. The length of the artifact path cannot be greater than 2048 characters"],
  ["POST", "experiments/create", { name: "a", tags: [{ key: "", value: "x" }] }, 400, bad, missing("tags[0].key")],
  ["POST", "experiments/create", { name: "a", tags: [{ key: long(251), value: "x" }] }, 400, bad, tooLong("key", 250)],
  ["POST", "experiments/create", { name: "a", tags: [{ key: "k", value: long(20_001) }] }, 400, bad, tooLong("value", 20_000)],
  ["POST", "experiments/create", { name: "a", tags: "nope" }, 400, bad, wrong('"nope"', "tags", "str")],
  ["GET", "experiments/get", {}, 400, bad, missing("experiment_id")],
  ["GET", "experiments/get-by-name", { experiment_name: "a\0b" }, 400, bad, /NUL/],
  ["GET", "experiments/get", { experiment_id: "999999" }, 404, none, "No Experiment with id=999999 exists"],
  ["GET", "experiments/get", { experiment_id: "abc" }, 400, bad, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
  ["GET", "experiments/get-by-name", {}, 400, bad, missing("experiment_name")],
  ["GET", "experiments/get-by-name", { experiment_name: "nobody" }, 404, none, "Could not find experiment with name 'nobody'"],
  ["POST", "experiments/search", { max_results: 0 }, 400, bad, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
  ["POST", "experiments/search", { max_results: 50_001 }, 400, bad, "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000"],
  ["POST", "experiments/search", { max_results: "abc" }, 400, bad, wrong('"abc"', "max_results", "str")],
  ["POST", "experiments/search", { view_type: "NOPE" }, 400, bad, wrong('"NOPE"', "view_type", "str")],
  ["POST", "experiments/delete", { experiment_id: "$GONE" }, 404, none, /^No Experiment with id=\d+ exists/],
  ["POST", "experiments/restore", { experiment_id: "$ACTIVE" }, 404, none, /^No Experiment with id=\d+ exists/],
  ["POST", "experiments/update", { experiment_id: "$ACTIVE" }, 400, bad, missing("new_name")],
  ["POST", "experiments/update", { experiment_id: "$GONE", new_name: "b" }, 400, bad, "Cannot rename a non-active experiment."],
  ["POST", "experiments/update", { experiment_id: "$ACTIVE", new_name: "  " }, 400, bad, "Invalid experiment name"],
  ["POST", "experiments/update", { experiment_id: "$ACTIVE", new_name: long(501) }, 400, bad, tooLong("name", 500)],
  ["POST", "experiments/update", { experiment_id: "$ACTIVE", new_name: "Default" }, 400, "RESOURCE_ALREADY_EXISTS", "Experiment(name=Default) already exists."],
  ["POST", "experiments/set-experiment-tag", { experiment_id: "$ACTIVE" }, 400, bad, missing("key")],
  ["POST", "experiments/set-experiment-tag", { experiment_id: "$ACTIVE", key: long(251) }, 400, bad, tooLong("key", 250)],
  ["POST", "experiments/set-experiment-tag", { experiment_id: "$ACTIVE", key: "k", value: long(20_001) }, 400, bad, tooLong("value", 20_000)],
  ["POST", "experiments/set-experiment-tag", { experiment_id: "$ACTIVE", key: "../k", value: "x" }, 400, bad, resolves("../k", "key", "../k")],
  ["POST", "experiments/set-experiment-tag", { experiment_id: "$GONE", key: "k", value: "x" }, 400, bad, inactive("experiment")],
  ["POST", "experiments/delete-experiment-tag", { experiment_id: "$ACTIVE", key: "nope" }, 404, none, /^No tag with name: nope in experiment with id \d+$/],
];

const runs: Line[] = [
  ["POST", "runs/create", { experiment_id: "999999" }, 404, none, "No Experiment with id=999999 exists"],
  ["POST", "runs/create", { experiment_id: "$GONE" }, 400, bad, inactive("experiment")],
  ["POST", "runs/create", { experiment_id: "$ACTIVE", run_name: "a", tags: [{ key: "mlflow.runName", value: "b" }] }, 400, bad, "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='a', mlflow.runName='b')."],
  ["POST", "runs/create", { experiment_id: "$ACTIVE", start_time: "abc" }, 400, bad, wrong('"abc"', "start_time", "str")],
  ["POST", "runs/create", { experiment_id: "$ACTIVE", start_time: 1e30 }, 400, bad, wrong("1e+30", "start_time", "int")],
  ["POST", "runs/create", { experiment_id: "$ACTIVE", tags: [{ value: "b" }] }, 400, bad, missing("tags[0].key")],
  ["GET", "runs/get", {}, 400, bad, missing("run_id")],
  ["GET", "runs/get", { run_id: noRun }, 404, none, `Run with id=${noRun} not found`],
  ["POST", "runs/update", { run_id: "$DEADRUN", status: "FINISHED" }, 400, bad, inactive("run")],
  ["POST", "runs/update", { status: "FINISHED" }, 400, bad, missing("run_id")],
  ["POST", "runs/update", { run_id: "$RUN", status: "NOPE" }, 400, bad, wrong('"NOPE"', "status", "str")],
  ["POST", "runs/update", { run_id: "$RUN", end_time: "x" }, 400, bad, wrong('"x"', "end_time", "str")],
  ["POST", "runs/delete", {}, 400, bad, missing("run_id")],
  ["POST", "runs/search", { experiment_ids: ["$ACTIVE"], max_results: 0 }, 400, bad, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
  ["POST", "runs/search", { experiment_ids: ["$ACTIVE"], max_results: 50_001 }, 400, bad, "Invalid value 50001 for parameter 'max_results' supplied"],
  ["POST", "runs/search", { experiment_ids: ["$ACTIVE", "active"] }, 400, bad, "Invalid experiment ID 'active'. Experiment ID must be a valid integer."],
  ["POST", "runs/search", { experiment_ids: ["$ACTIVE"], filter: 5 }, 400, bad, wrong("5", "filter", "int")],
  ["POST", "runs/log-metric", {}, 400, bad, missing("run_id")],
  ["POST", "runs/log-metric", { run_id: "$RUN", value: 1, timestamp: 1 }, 400, bad, missing("key")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", timestamp: 1 }, 400, bad, missing("value")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: 1 }, 400, bad, missing("timestamp")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: "abc", timestamp: 1 }, 400, bad, wrong('"abc"', "value", "str")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: true, timestamp: 1 }, 400, bad, wrong("true", "value", "bool")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: 1, timestamp: -1 }, 400, bad, "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1). Timestamp must be a nonnegative long (64-bit integer)"],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: 1, timestamp: "abc" }, 400, bad, wrong('"abc"', "timestamp", "str")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "m", value: 1, timestamp: 1, step: "a" }, 400, bad, wrong('"a"', "step", "str")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: long(251), value: 1, timestamp: 1 }, 400, bad, tooLong("Metric name", 250)],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "a/../b", value: 1, timestamp: 1 }, 400, bad, resolves("a/../b", "name", "b")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "a//b", value: 1, timestamp: 1 }, 400, bad, resolves("a//b", "name", "a/b")],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: "a,b", value: 1, timestamp: 1 }, 400, bad, `Invalid value "a,b" for parameter 'name' supplied: ${letters}`],
  ["POST", "runs/log-metric", { run_id: "$RUN", key: ["a"], value: 1, timestamp: 1 }, 400, bad, wrong('["a"]', "key", "list")],
  ["POST", "runs/log-metric", { run_id: "$DEADRUN", key: "m", value: 1, timestamp: 1 }, 400, bad, inactive("run")],
  ["POST", "runs/log-metric", { run_id: noRun, key: "m", value: 1, timestamp: 1 }, 404, none, `Run with id=${noRun} not found`],
  ["POST", "runs/log-parameter", { run_id: "$RUN", key: "p", value: "2" }, 400, bad, /^Changing param values is not allowed\. Param with key='p' was already logged with value='1' for run ID='\w+'\. Attempted logging new value '2'\.$/],
  ["POST", "runs/log-parameter", { run_id: "$RUN", key: "n", value: 3 }, 400, bad, wrong("3", "value", "int")],
  ["POST", "runs/log-parameter", { run_id: "$RUN", key: "n", value: { a: 1 } }, 400, bad, wrong('{"a":1}', "value", "dict")],
  ["POST", "runs/log-parameter", { run_id: "$RUN", key: long(251), value: "1" }, 400, bad, tooLong("Param key", 250)],
  ["POST", "runs/log-parameter", { run_id: "$RUN", key: "../p", value: "1" }, 400, bad, resolves("../p", "key", "../p")],
  ["POST", "runs/set-tag", { run_id: "$RUN", key: long(251), value: "1" }, 400, bad, tooLong("key", 250)],
  ["POST", "runs/set-tag", { run_id: "$RUN", key: "./k", value: "1" }, 400, bad, resolves("./k", "key", "k")],
  ["POST", "runs/delete-tag", { run_id: "$RUN", key: "nope" }, 404, none, /^No tag with name: nope in run with id \w+$/],
];

const batches: Line[] = [
  ["POST", "runs/log-batch", {}, 400, bad, missing("run_id")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "m", timestamp: 1 }] }, 400, bad, missing("metrics[0].value")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "m", value: "x", timestamp: 1 }] }, 400, bad, wrong('"x"', "metrics[0].value", "str")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "ok", value: 1, timestamp: 1 }, { key: "m", value: 1, timestamp: -1 }] }, 400, bad, "Invalid value -1 for parameter 'metrics[1].timestamp' supplied: metric 'm' (value=1)."],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "m", value: 1 }] }, 400, bad, missing("metrics[0].timestamp")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ value: 1, timestamp: 1 }] }, 400, bad, missing("metrics[0].key")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "m", value: 1, timestamp: 1, step: "a" }] }, 400, bad, wrong('"a"', "metrics[0].step", "str")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: [{ key: "../m", value: 1, timestamp: 1 }] }, 400, bad, resolves("../m", "metrics[0].name", "../m")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: "no" }, 400, bad, wrong('"no"', "metrics", "str")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: ["no"] }, 400, bad, wrong('"no"', "metrics[0]", "str")],
  ["POST", "runs/log-batch", { run_id: "$RUN", params: [{ key: "a", value: "1" }, { key: "a", value: "1" }] }, 400, bad, "Duplicate parameter keys have been submitted: ['a']. Please ensure the request contains only one param value per param key."],
  ["POST", "runs/log-batch", { run_id: "$RUN", tags: [{ key: "a/", value: "a" }] }, 400, bad, resolves("a/", "tags[0].key", "a")],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: many(1_001, (index) => ({ key: `m${index}`, value: 1, timestamp: 1 })) }, 400, bad, "A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again."],
  ["POST", "runs/log-batch", { run_id: "$RUN", params: many(101, (index) => ({ key: `p${index}`, value: "1" })) }, 400, bad, "A batch logging request can contain at most 100 params. Got 101 params. Please split up params across multiple requests and try again."],
  ["POST", "runs/log-batch", { run_id: "$RUN", tags: many(101, (index) => ({ key: `t${index}`, value: "1" })) }, 400, bad, "A batch logging request can contain at most 100 tags. Got 101 tags."],
  ["POST", "runs/log-batch", { run_id: "$RUN", metrics: many(950, (index) => ({ key: `m${index}`, value: 1, timestamp: 1 })), params: many(60, (index) => ({ key: `p${index}`, value: "1" })) }, 400, bad, "A batch logging request can contain at most 1000 metrics, params, and tags. Got 1010 metrics, params, and tags."],
  ["POST", "runs/log-batch", { run_id: "$RUN", tags: [{ key: "big", value: long(1_000_001) }] }, 400, bad, /larger than 1000000 bytes/],
];

const dataset = { name: "n", digest: "d", source_type: "s", source: "s" };
const inputs: Line[] = [
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset: { name: "n" } }] }, 400, bad, missing("datasets[0].dataset.digest")],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset: { ...dataset, name: long(501) } }] }, 400, bad, tooLong("name", 500)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset: { ...dataset, digest: long(37) } }] }, 400, bad, tooLong("digest", 36)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset: { ...dataset, source: long(65_536) } }] }, 400, bad, tooLong("source", 65_535)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset: { ...dataset, schema: long(1_048_576) } }] }, 400, bad, tooLong("schema", 1_048_575)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset, tags: [{ key: long(256), value: "v" }] }] }, 400, bad, tooLong("key", 255)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", datasets: [{ dataset, tags: [{ key: "k", value: long(501) }] }] }, 400, bad, tooLong("value", 500)],
  ["POST", "runs/log-inputs", { run_id: "$RUN", models: [{ model_id: "m-none" }] }, 404, none, "Logged model with ID 'm-none' not found."],
  ["POST", "runs/log-inputs", { run_id: "$DEADRUN", datasets: [] }, 400, bad, inactive("run")],
  ["POST", "runs/outputs", { run_id: "$RUN" }, 400, bad, missing("models")],
  ["POST", "runs/outputs", { run_id: "$RUN", models: [{ model_id: "m-none", step: 1 }] }, 404, none, "Logged model with ID 'm-none' not found."],
  ["POST", "runs/log-model", { run_id: "$RUN" }, 400, bad, missing("model_json")],
  ["POST", "runs/log-model", { run_id: "$RUN", model_json: "{" }, 400, bad, "Malformed model info"],
  ["GET", "metrics/get-history", { run_id: "$RUN" }, 400, bad, missing("metric_key")],
  ["GET", "metrics/get-history", { metric_key: "m" }, 400, bad, missing("run_id")],
  ["GET", "metrics/get-history-bulk-interval", { metric_key: "m" }, 400, bad, missing("run_ids")],
  ["GET", "metrics/get-history-bulk-interval", { run_ids: ["$RUN"] }, 400, bad, missing("metric_key")],
  ["GET", "metrics/get-history-bulk-interval", { run_ids: ["$RUN"], metric_key: "m", max_results: 2_501 }, 400, bad, "max_results must be between 1 and 2500."],
  ["GET", "metrics/get-history-bulk-interval", { run_ids: ["$RUN"], metric_key: "m", start_step: 1 }, 400, bad, "If either start step or end step are specified, both must be specified."],
  ["GET", "metrics/get-history-bulk-interval", { run_ids: ["$RUN"], metric_key: "m", start_step: 5, end_step: 1 }, 400, bad, "end_step must be greater than start_step. Found start_step=5 and end_step=1."],
  ["GET", "metrics/get-history-bulk-interval", { run_ids: many(101, () => noRun), metric_key: "m" }, 400, bad, "GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids."],
  ["GET", "metrics/get-history-bulk", { run_id: ["$RUN"] }, 400, bad, "GetMetricHistoryBulk request must specify a metric_key."],
  ["GET", "metrics/get-history-bulk", { metric_key: "m" }, 400, bad, "GetMetricHistoryBulk request must specify at least one run_id."],
  ["GET", "metrics/get-history-bulk", { run_id: many(101, () => noRun), metric_key: "m" }, 400, bad, "GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids."],
  ["POST", "experiments/search-datasets", { experiment_ids: [] }, 400, bad, "SearchDatasets request must specify at least one experiment_id."],
  ["POST", "experiments/search-datasets", { experiment_ids: many(21, String) }, 400, bad, "SearchDatasets request cannot specify more than 20 experiment_ids. Received 21 experiment_ids."],
];

const models: Line[] = [
  ["POST", "logged-models", {}, 400, bad, missing("experiment_id")],
  ["POST", "logged-models", { experiment_id: "$GONE" }, 400, bad, inactive("experiment")],
  ["POST", "logged-models", { experiment_id: "$ACTIVE", name: "a/b" }, 400, bad, "Invalid model name ('a/b') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"],
  ["POST", "logged-models", { experiment_id: "$ACTIVE", source_run_id: long(33) }, 400, bad, "Invalid run ID"],
  ["POST", "logged-models", { experiment_id: "$ACTIVE", params: [{ key: long(251), value: "1" }] }, 400, bad, tooLong("key", 250)],
  ["POST", "logged-models", { experiment_id: "$ACTIVE", tags: [{ key: long(251), value: "1" }] }, 400, bad, tooLong("key", 250)],
  ["PATCH", "logged-models/$MODEL/tags", { tags: [{ key: long(251), value: "1" }] }, 400, bad, tooLong("key", 250)],
  ["POST", "logged-models/$MODEL/params", { params: [{ key: long(251), value: "1" }] }, 400, bad, tooLong("key", 250)],
  ["GET", "logged-models/m-none", {}, 404, none, "Logged model with ID 'm-none' not found."],
  ["PATCH", "logged-models/$MODEL", {}, 400, bad, missing("status")],
  ["PATCH", "logged-models/$MODEL", { status: "NOPE" }, 400, bad, wrong('"NOPE"', "status", "str")],
  ["PATCH", "logged-models/$MODEL/tags", { tags: [{ value: "b" }] }, 400, bad, missing("tags[0].key")],
  ["DELETE", "logged-models/$MODEL/tags/nope", {}, 404, none, /^No tag with key 'nope' found for model with ID 'm-\w+'\.$/],
  ["POST", "logged-models/m-none/params", { params: [{ key: "a", value: "b" }] }, 404, none, "Logged model with ID 'm-none' not found."],
  ["POST", "logged-models/search", { experiment_ids: ["active"] }, 400, bad, "Invalid experiment ID 'active'. Experiment ID must be a valid integer."],
  ["POST", "logged-models/search", { experiment_ids: ["$ACTIVE"], order_by: [{}] }, 400, bad, missing("order_by[0].field_name")],
  ["GET", "logged-models/$MODEL/artifacts/files", {}, 400, "BAD_REQUEST", 'Request must include the "artifact_file_path" query parameter.'],
  ["GET", "logged-models/$MODEL/artifacts/files", { artifact_file_path: "nope" }, 404, none, /nope/],
  ["GET", "artifacts/list", {}, 400, bad, missing("run_id")],
  ["GET", "artifacts/list", { run_id: "$RUN", path: "../x" }, 400, bad, /\.\./],
];

describe("each mistake of a client is answered in MLflow's words, never by a 5xx", () => {
  test.each([...experiments, ...runs, ...batches, ...inputs, ...models])("%s %s %#", async (method, call, fields, status, code, message) => {
    const path = String(fill(call));
    const given = fill(fields) as Record<string, unknown>;
    const answer = method === "GET" ? await api.v2(`${path}?${queryOf(given)}`) : await api.v2(path, { method, body: given });
    expect([answer.status, answer.body["error_code"]], JSON.stringify(answer.body)).toEqual([status, code]);
    if (typeof message === "string") expect(String(answer.body["message"]).slice(0, message.length)).toBe(message);
    else expect(answer.body["message"]).toMatch(message);
  });

  test.each<[string, string]>([
    ["/get-artifact?run_id=$RUN&path=nope.txt", none], ["/get-artifact?run_id=$RUN", "BAD_REQUEST"], [`/get-artifact?run_id=${noRun}&path=x`, none], ["/get-artifact?run_id=$RUN&path=../x", bad],
    ["/model-versions/get-artifact?name=nobody&version=1&path=x", none], ["/model-versions/get-artifact?name=nobody&version=one&path=x", bad],
    ["/api/3.0/mlflow/datasets/search", "ENDPOINT_NOT_FOUND"], ["/api/3.0/mlflow/scorers/list", "ENDPOINT_NOT_FOUND"], ["/api/2.0/mlflow/traces/x/y/z", "ENDPOINT_NOT_FOUND"], ["/graphql", "ENDPOINT_NOT_FOUND"],
  ])("GET %s", async (path, code) => {
    const answer = await api.send(String(fill(path)));
    expect(answer.body["error_code"]).toBe(code);
    expect(answer.status).toBe(code === bad || code === "BAD_REQUEST" ? 400 : 404);
  });
});
