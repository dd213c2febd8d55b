import type { Context } from "@/lib/platform/context";

import { invalid } from "../errors";
import { searchTraces } from "../service-search-traces";
import { getTrace, getTraces } from "../service-spans";
import { deleteTraces, getTraceInfo, getTraceInfos, linkPromptsToTrace, linkTracesToRun, type NewTrace, startTrace, tagTrace, untagTrace } from "../service-traces";
import { type Endpoint, get, patch, post, readLimit, remove } from "./endpoint";
import { readAssessmentOfTrace } from "./endpoints-assessments";
import { traceEntity, traceInfoEntity } from "./entities-traces";
import type { Input } from "./input";
import { readDuration, readTimestamp } from "./times";

const states = ["OK", "ERROR", "IN_PROGRESS"] as const;
const maxBatch = 100;

/** MLflow's schema of traces is that of an experiment of its own; other locations are Databricks's. */
const readExperimentId = (location: Input): string => {
  const type = location.text("type");
  if (type !== undefined && !["MLFLOW_EXPERIMENT", "1", ""].includes(type)) throw invalid(`Invalid trace location '${type.slice(0, 100)}'. Traces are kept in experiments: MLFLOW_EXPERIMENT.`);
  return location.child("mlflow_experiment").need("experiment_id");
};

const readTrace = (info: Input): NewTrace => {
  const time = info.need("request_time");
  const requestTime = readTimestamp(time, "trace.trace_info.request_time");
  const duration = info.text("execution_duration");
  const state = info.text("state");
  return {
    traceId: info.need("trace_id"),
    experimentId: readExperimentId(info.child("trace_location")),
    requestTime,
    durationMs: duration ? readDuration(duration, "trace.trace_info.execution_duration") : null,
    state: state === "STATE_UNSPECIFIED" ? state : (info.choice("state", states) ?? "STATE_UNSPECIFIED"),
    clientRequestId: info.text("client_request_id") ?? null,
    requestPreview: info.text("request_preview") ?? info.text("request") ?? null,
    responsePreview: info.text("response_preview") ?? info.text("response") ?? null,
    tags: info.map("tags"),
    metadata: info.map("trace_metadata"),
    assessments: info.items("assessments").map((item) => readAssessmentOfTrace(item, new Date(requestTime))),
  };
};

const readIds = (input: Input): string[] => {
  const ids = input.texts("trace_ids");
  if (ids.length > maxBatch) throw invalid(`A request can ask for at most ${maxBatch} traces. Got ${ids.length}.`);
  return ids;
};

/** How many traces of a page: 100 unless said, at most 500. */
export const readTraceLimit = (input: Input): number => readLimit(input, 100, 500);

const deleteSome = async (ctx: Context, input: Input) => ({
  traces_deleted: await deleteTraces(ctx, input.need("experiment_id"), {
    ids: [...input.texts("request_ids"), ...input.texts("trace_ids")],
    until: input.int("max_timestamp_millis"),
    limit: input.int("max_traces"),
  }),
});

const v3 = (endpoint: Endpoint): Endpoint => ({ ...endpoint, major: 3 });

const tagEndpoints: Endpoint[] = [
  patch("mlflow/traces/{trace_id}/tags", (ctx, input) => tagTrace(ctx, input.need("trace_id"), input.need("key"), input.plain("value"))),
  remove("mlflow/traces/{trace_id}/tags", (ctx, input) => untagTrace(ctx, input.need("trace_id"), input.need("key"))),
  post("mlflow/traces/delete-traces", deleteSome),
  post("mlflow/traces/link-to-run", (ctx, input) => linkTracesToRun(ctx, input.texts("trace_ids"), input.need("run_id"))),
  post("mlflow/traces/link-prompts", (ctx, input) =>
    linkPromptsToTrace(ctx, input.need("trace_id"), input.items("prompt_versions").map((item) => ({ name: item.need("name"), version: item.need("version") })))),
];

export const traceEndpoints: Endpoint[] = [
  ...tagEndpoints,
  ...tagEndpoints.map(v3),
  ...[
    post("mlflow/traces", async (ctx, input) => ({ trace: { trace_info: traceInfoEntity(await startTrace(ctx, readTrace(input.child("trace").child("trace_info")))) } })),
    post("mlflow/traces/search", async (ctx, input) => {
      const experimentIds = input.items("locations").map(readExperimentId);
      const { traces, nextPageToken } = await searchTraces(ctx, { experimentIds, filter: input.text("filter"), orderBy: input.texts("order_by"), limit: readTraceLimit(input), pageToken: input.text("page_token") });
      return { ...(traces.length > 0 ? { traces: traces.map(traceInfoEntity) } : {}), ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }) };
    }),
    get("mlflow/traces/get", async (ctx, input) => ({ trace: traceEntity(await getTrace(ctx, input.need("trace_id"), { allowPartial: input.flag("allow_partial") })) })),
    get("mlflow/traces/batchGet", async (ctx, input) => {
      const traces = await getTraces(ctx, readIds(input));
      return traces.length > 0 ? { traces: traces.map(traceEntity) } : {};
    }),
    post("mlflow/traces/batchGetInfos", async (ctx, input) => {
      const infos = await getTraceInfos(ctx, readIds(input));
      return infos.length > 0 ? { trace_infos: infos.map(traceInfoEntity) } : {};
    }),
    get("mlflow/traces/{trace_id}", async (ctx, input) => ({ trace: { trace_info: traceInfoEntity(await getTraceInfo(ctx, input.need("trace_id"))) } })),
  ].map(v3),
];
