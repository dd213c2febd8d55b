import { getExperiment, getExperimentByName, createExperiment, searchExperiments, setExperimentStage, tagExperiment, untagExperiment, updateExperiment } from "../service-experiments";
import { createRun } from "../service-create-run";
import { noteModelOfRun } from "../service-log-model";
import { getHistory, logBatch, logInputs, logOutputs } from "../service-metrics";
import { searchRuns } from "../service-run-search";
import { deleteRunTag, getRun, setRunStage, setRunTag, updateRun } from "../service-runs";
import type { MetricPoint } from "../store-metrics";
import { invalid } from "../errors";
import { batchLimits } from "../limits";
import { type Endpoint, get, getOrPost, post, readPage, toPage } from "./endpoint";
import { experimentEntity, runEntity, runInfoEntity } from "./entities";
import { asksForPages, type HistoryPage, historyReply, readHistoryPage, wholeHistoryReply } from "./history";
import type { Input } from "./input";
import { repeatableOf } from "./repeats";
import { runsReply } from "./run-json";
import { isObject } from "@/lib/core/json";

const viewTypes = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
const statuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

/** Clients send the id under its old name, its new one, or both. */
const runIdOf = (input: Input): string => input.text("run_id") || input.text("run_uuid") || input.need("run_id");

const readMetric = (input: Input): MetricPoint => {
  const key = input.need("key");
  const value = input.needDouble("value");
  const timestamp = input.needLong("timestamp");
  if (timestamp < 0) throw invalid(`Invalid value ${timestamp} for parameter '${input.label("timestamp")}' supplied: metric '${key.slice(0, 250)}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `);
  return {
    key,
    value,
    timestamp,
    step: input.long("step") ?? 0,
    modelId: input.text("model_id") || undefined,
    datasetName: input.text("dataset_name"),
    datasetDigest: input.text("dataset_digest"),
  };
};

export const experimentEndpoints: Endpoint[] = [
  post("mlflow/experiments/create", async (ctx, input) => ({ experiment_id: String(await createExperiment(ctx, { name: input.need("name"), artifactLocation: input.text("artifact_location") || undefined, tags: input.tags("tags") })) })),
  get("mlflow/experiments/get", async (ctx, input) => ({ experiment: experimentEntity(await getExperiment(ctx, input.need("experiment_id"))) })),
  get("mlflow/experiments/get-by-name", async (ctx, input) => ({ experiment: experimentEntity(await getExperimentByName(ctx, input.need("experiment_name"))) })),
  getOrPost("mlflow/experiments/search", async (ctx, input) =>
    toPage("experiments", await searchExperiments(ctx, { filter: input.text("filter"), orderBy: input.texts("order_by"), viewType: input.choice("view_type", viewTypes) ?? "ACTIVE_ONLY", ...readPage(input, 1_000, 50_000) }), experimentEntity)),
  post("mlflow/experiments/delete", (ctx, input) => setExperimentStage(ctx, input.need("experiment_id"), "deleted")),
  post("mlflow/experiments/restore", (ctx, input) => setExperimentStage(ctx, input.need("experiment_id"), "active")),
  post("mlflow/experiments/update", (ctx, input) => updateExperiment(ctx, input.need("experiment_id"), input.need("new_name"))),
  post("mlflow/experiments/set-experiment-tag", (ctx, input) => tagExperiment(ctx, input.need("experiment_id"), input.need("key"), input.plain("value"))),
  post("mlflow/experiments/delete-experiment-tag", (ctx, input) => untagExperiment(ctx, input.need("experiment_id"), input.need("key"))),
];

export const runEndpoints: Endpoint[] = [
  post("mlflow/runs/create", async (ctx, input, call) => {
    const startTime = input.int("start_time");
    const wanted = { experimentId: input.text("experiment_id") || "0", userId: input.text("user_id"), name: input.text("run_name") || undefined, startTime, tags: input.tags("tags") };
    return { run: runEntity(await createRun(ctx, wanted, (now) => repeatableOf(ctx, call, startTime, now))) };
  }),
  get("mlflow/runs/get", async (ctx, input) => ({ run: runEntity(await getRun(ctx, runIdOf(input))) })),
  post("mlflow/runs/update", async (ctx, input) => ({ run_info: runInfoEntity(await updateRun(ctx, runIdOf(input), { status: input.choice("status", statuses), endTime: input.int("end_time"), name: input.text("run_name") || undefined })) })),
  post("mlflow/runs/delete", (ctx, input) => setRunStage(ctx, input.need("run_id"), "deleted")),
  post("mlflow/runs/restore", (ctx, input) => setRunStage(ctx, input.need("run_id"), "active")),
  post("mlflow/runs/search", async (ctx, input) =>
    runsReply(await searchRuns(ctx, { experimentIds: input.texts("experiment_ids"), filter: input.text("filter"), viewType: input.choice("run_view_type", viewTypes) ?? "ACTIVE_ONLY", orderBy: input.texts("order_by"), ...readPage(input, 1_000, 50_000) }))),
  { ...post("mlflow/runs/log-metric", (ctx, input) => logBatch(ctx, runIdOf(input), { metrics: [readMetric(input)], params: [], tags: [], isSingle: true })), keepsLongs: true },
  post("mlflow/runs/log-parameter", (ctx, input) => logBatch(ctx, runIdOf(input), { metrics: [], params: [{ key: input.need("key"), value: input.plain("value") }], tags: [], isSingle: true })),
  { ...post("mlflow/runs/log-batch", (ctx, input) => logBatch(ctx, runIdOf(input), { metrics: input.items("metrics").map(readMetric), params: input.tags("params"), tags: input.tags("tags") })), maxBodyBytes: batchLimits.bytes, keepsLongs: true },
  post("mlflow/runs/set-tag", (ctx, input) => setRunTag(ctx, runIdOf(input), input.need("key"), input.plain("value"))),
  post("mlflow/runs/delete-tag", (ctx, input) => deleteRunTag(ctx, runIdOf(input), input.need("key"))),
  post("mlflow/runs/log-inputs", (ctx, input) =>
    logInputs(ctx, runIdOf(input), {
      datasets: input.items("datasets").map((item) => {
        const dataset = item.child("dataset");
        return { name: dataset.need("name"), digest: dataset.need("digest"), sourceType: dataset.need("source_type"), source: dataset.need("source"), schema: dataset.text("schema") ?? null, profile: dataset.text("profile") ?? null, tags: item.tags("tags") };
      }),
      modelIds: input.items("models").map((model) => model.need("model_id")),
    })),
  post("mlflow/runs/outputs", (ctx, input) => logOutputs(ctx, runIdOf(input), input.needItems("models").map((model) => ({ modelId: model.need("model_id"), step: model.int("step") ?? 0 })))),
  post("mlflow/runs/log-model", (ctx, input) => noteModelOfRun(ctx, runIdOf(input), parseModelJson(input.need("model_json")))),
  get("mlflow/metrics/get-history", async (ctx, input) => {
    const key = input.need("metric_key");
    const read = (page: HistoryPage) => getHistory(ctx, runIdOf(input), key, page);
    if (!asksForPages(input)) return wholeHistoryReply(key, read);
    const page = readHistoryPage(input);
    return historyReply(key, await read(page), page.limit);
  }),
];

const parseModelJson = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && ["artifact_path", "flavors", "utc_time_created", "run_id"].every((name) => name in value)) return value;
  } catch (cause) {
    throw Object.assign(invalid("Malformed model info: model_json is not valid JSON."), { cause });
  }
  throw invalid("Malformed model info: model_json needs artifact_path, flavors, utc_time_created and run_id.");
};
