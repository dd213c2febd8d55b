import { setTimeout as pause } from "node:timers/promises";

import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";

import { invalid, missing } from "./errors";
import { otlpLimits } from "./otlp/decode";
import type { OtlpSpan, SpanGroup } from "./otlp/span";
import { summarize, toSpanRow, tracesOf } from "./otlp/summary";
import { prepareExperiments } from "./service-experiments";
import { needRun } from "./service-runs";
import { locationTag, needActiveExperiment, noTrace, type TraceInfo, withAssessments } from "./service-traces";
import { findSpans, upsertSpans } from "./store-spans";
import { findTraces, linkTraces, type TraceRow, upsertTraceOfSpans } from "./store-traces";

/** Stores spans as they end; their traces appear with the first of them, and are complete once the client has told the trace. All or none. */
export const logSpans = async (ctx: Context, experimentId: string, groups: readonly SpanGroup[], runId: string | undefined): Promise<void> => {
  authorize(ctx, "run:write");
  const count = groups.reduce((sum, { spans }) => sum + spans.length, 0);
  if (count === 0) throw invalid("Invalid OpenTelemetry format - no spans found");
  if (count > otlpLimits.spans) throw invalid(`A request can hold at most ${otlpLimits.spans} spans. Got ${count}.`);
  const rows = groups.flatMap(({ spans }) => spans.map(toSpanRow));
  const traces = tracesOf(groups);
  await prepareExperiments(ctx);
  await transact(ctx.deps, async (tx, now) => {
    const experiment = await needActiveExperiment(tx, ctx.workspace.id, experimentId);
    for (const { traceId, spans, resource } of traces) {
      const summary = summarize(spans, resource);
      await upsertTraceOfSpans(tx, ctx.workspace.id, { traceId, experimentNumber: experiment.number, clientRequestId: null, ...summary, tags: { ...summary.tags, ...locationTag(experiment, traceId), "mlflow.trace.spansLocation": "TRACKING_STORE" } }, now);
    }
    await upsertSpans(tx, ctx.workspace.id, rows);
    if (runId !== undefined) await linkTraces(tx, ctx.workspace.id, traces.map(({ traceId }) => traceId), (await needRun(tx, ctx.workspace.id, runId)).seq);
  });
};

export type FullTrace = { info: TraceInfo; spans: OtlpSpan[] };

/** How many spans the client says that a trace has; 0 when it doesn't say. */
const expectedSpans = ({ metadata }: TraceRow): number => {
  const match = /"num_spans"\s*:\s*(\d{1,9})/.exec(metadata["mlflow.trace.sizeStats"] ?? "");
  return match?.[1] === undefined ? 0 : Number(match[1]);
};

const isStoredHere = ({ tags }: TraceRow): boolean => tags["mlflow.trace.spansLocation"] === "TRACKING_STORE";

/** Traces with their spans; those whose spans have not all arrived are left out, as are those that keep them in a file. */
export const getTraces = async (ctx: Context, traceIds: readonly string[]): Promise<FullTrace[]> => {
  authorize(ctx, "run:read");
  const { db } = ctx.deps;
  const found = (await findTraces(db, ctx.workspace.id, traceIds)).filter(isStoredHere);
  const spans = await findSpans(db, ctx.workspace.id, found.map(({ traceId }) => traceId));
  const infos = await withAssessments(db, ctx.workspace.id, found);
  return infos.map((info) => ({ info, spans: spans.get(info.traceId) ?? [] })).filter((trace) => trace.spans.length > 0 && trace.spans.length >= expectedSpans(trace.info));
};

/** Clients send spans and trace side by side: what is asked for in between is waited for. */
const waitsMs = [200, 500, 1_000];

/** A trace with its spans; unless `allowPartial`, waits up to two seconds for spans that are on their way, then raises not_found. */
export const getTrace = async (ctx: Context, traceId: string, { allowPartial }: { allowPartial: boolean }): Promise<FullTrace> => {
  authorize(ctx, "run:read");
  const { db } = ctx.deps;
  const [trace] = await findTraces(db, ctx.workspace.id, [traceId]);
  if (!trace) throw noTrace(traceId);
  if (!isStoredHere(trace)) throw invalid(`The spans of trace '${traceId}' are in a file: ${trace.tags["mlflow.artifactLocation"] ?? "its artifact folder"}/traces.json.`);
  if (allowPartial) {
    const [info] = await withAssessments(db, ctx.workspace.id, [trace]);
    return { info: info ?? { ...trace, assessments: [] }, spans: (await findSpans(db, ctx.workspace.id, [traceId])).get(traceId) ?? [] };
  }
  for (const waitMs of [0, ...waitsMs]) {
    if (waitMs > 0) await pause(waitMs);
    const [full] = await getTraces(ctx, [traceId]);
    if (full) return full;
  }
  throw missing(`Trace with ID ${traceId} is not fully exported yet, please try again later.`);
};
