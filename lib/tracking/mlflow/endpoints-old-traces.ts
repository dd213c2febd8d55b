import { searchTraces } from "../service-search-traces";
import { beginTrace, endTrace, getTraceInfo } from "../service-traces";
import type { Texts } from "../store-traces";
import { type Endpoint, get, patch, post } from "./endpoint";
import { readTraceLimit } from "./endpoints-traces";
import { oldTraceInfoEntity } from "./entities-traces";
import type { Input } from "./input";
import { checkTime } from "./times";

const statuses = ["OK", "ERROR", "IN_PROGRESS"] as const;

const texts = (input: Input, name: string): Texts => Object.fromEntries(input.tags(name).map(({ key, value }) => [key, value]));
const readTime = (input: Input): number => checkTime(input.needInt("timestamp_ms"), "timestamp_ms");

/** Traces as clients before MLflow 3 write and read them: begun, then ended, both times by the server's id. */
export const oldTraceEndpoints: Endpoint[] = [
  post("mlflow/traces", async (ctx, input) => ({
    trace_info: oldTraceInfoEntity(await beginTrace(ctx, { experimentId: input.need("experiment_id"), requestTime: readTime(input), tags: texts(input, "tags"), metadata: texts(input, "request_metadata") })),
  })),
  patch("mlflow/traces/{request_id}", async (ctx, input) => ({
    trace_info: oldTraceInfoEntity(await endTrace(ctx, input.need("request_id"), {
      endTime: readTime(input),
      state: input.text("status") === "TRACE_STATUS_UNSPECIFIED" ? "STATE_UNSPECIFIED" : (input.choice("status", statuses) ?? "STATE_UNSPECIFIED"),
      tags: texts(input, "tags"),
      metadata: texts(input, "request_metadata"),
    })),
  })),
  get("mlflow/traces/{request_id}/info", async (ctx, input) => ({ trace_info: oldTraceInfoEntity(await getTraceInfo(ctx, input.need("request_id"))) })),
  get("mlflow/traces", async (ctx, input) => {
    const { traces, nextPageToken } = await searchTraces(ctx, { experimentIds: input.texts("experiment_ids"), filter: input.text("filter"), orderBy: input.texts("order_by"), limit: readTraceLimit(input), pageToken: input.text("page_token") });
    return { ...(traces.length > 0 ? { traces: traces.map(oldTraceInfoEntity) } : {}), ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }) };
  }),
];
