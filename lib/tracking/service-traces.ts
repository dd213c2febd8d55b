import { forgetFolder } from "@/lib/artifacts/server";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { checkKey } from "./limits";
import { folderOf } from "./mlflow/resolve-source";
import { newHexId } from "./names";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { needRun } from "./service-runs";
import { type AssessmentRow, findAssessments, upsertAssessments } from "./store-assessments";
import type { ExperimentRow } from "./store-experiments";
import { deleteTraceRows, deleteTraceTag, endTraceRow, findTraces, linkPrompts, linkTraces, setTraceTag, type Texts, type TraceRow, upsertTrace } from "./store-traces";
import { checkTexts, checkTraceId, cutPreview, maxTagText } from "./trace-limits";

export type TraceInfo = TraceRow & { assessments: AssessmentRow[] };
export type TraceState = "OK" | "ERROR" | "IN_PROGRESS" | "STATE_UNSPECIFIED";

export const noTrace = (traceId: string) => missing(`Trace with ID '${traceId.slice(0, 300)}' not found.`);

export const needTrace = async (tx: Tx, workspaceId: string, traceId: string): Promise<TraceRow> => {
  const [trace] = await findTraces(tx, workspaceId, [traceId]);
  if (!trace) throw noTrace(traceId);
  return trace;
};

export const withAssessments = async (tx: Tx, workspaceId: string, traces: readonly TraceRow[]): Promise<TraceInfo[]> => {
  const assessments = await findAssessments(tx, workspaceId, traces.map(({ traceId }) => traceId));
  return traces.map((trace) => ({ ...trace, assessments: assessments.get(trace.traceId) ?? [] }));
};

/** The experiment that a new trace goes to; deleted ones take none. */
export const needActiveExperiment = async (tx: Tx, workspaceId: string, id: string): Promise<ExperimentRow> => {
  const experiment = await needExperiment(tx, workspaceId, id);
  if (experiment.lifecycleStage !== "active") throw invalid(`The experiment ${id} must be in the 'active' state. Current state is ${experiment.lifecycleStage}.`);
  return experiment;
};

/** Where the client keeps files of a trace: attachments, and its spans where they don't come by OTLP. */
export const locationTag = (experiment: ExperimentRow, traceId: string): Texts => ({ "mlflow.artifactLocation": `${experiment.artifactLocation}/traces/${traceId}/artifacts` });

export type NewTrace = Omit<TraceRow, "experimentNumber"> & { experimentId: string; assessments: Omit<AssessmentRow, "traceId">[] };

/** Stores a trace as its client tells it; told twice it is there once. */
export const startTrace = async (ctx: Context, { experimentId, assessments, ...given }: NewTrace): Promise<TraceInfo> => {
  authorize(ctx, "run:write");
  checkTraceId(given.traceId);
  const tags = checkTexts("tags", given.tags);
  const metadata = checkTexts("trace_metadata", given.metadata);
  await prepareExperiments(ctx);
  return transact(ctx.deps, async (tx, now) => {
    const experiment = await needActiveExperiment(tx, ctx.workspace.id, experimentId);
    const trace = await upsertTrace(tx, ctx.workspace.id, {
      ...given, experimentNumber: experiment.number, requestPreview: cutPreview(given.requestPreview), responsePreview: cutPreview(given.responsePreview),
      tags: { ...tags, ...locationTag(experiment, given.traceId) }, metadata,
    }, now);
    await upsertAssessments(tx, ctx.workspace.id, assessments.map((assessment) => ({ ...assessment, traceId: trace.traceId })));
    const [full] = await withAssessments(tx, ctx.workspace.id, [trace]);
    return full ?? { ...trace, assessments: [] };
  });
};

/** Begins a trace by the API before version 3: the server gives the id, and `endTrace` tells the rest. */
export const beginTrace = async (ctx: Context, { experimentId, requestTime, tags, metadata }: { experimentId: string; requestTime: number; tags: Texts; metadata: Texts }): Promise<TraceInfo> =>
  startTrace(ctx, { traceId: `tr-${newHexId()}`, experimentId, requestTime, durationMs: null, state: "IN_PROGRESS", clientRequestId: null, requestPreview: null, responsePreview: null, tags, metadata, assessments: [] });

export const endTrace = async (ctx: Context, traceId: string, { endTime, state, tags, metadata }: { endTime: number; state: TraceState; tags: Texts; metadata: Texts }): Promise<TraceRow> => {
  authorize(ctx, "run:write");
  const trace = await endTraceRow(ctx.deps.db, ctx.workspace.id, traceId, { endTime, state, tags: checkTexts("tags", tags), metadata: checkTexts("request_metadata", metadata) });
  if (!trace) throw noTrace(traceId);
  return trace;
};

export const getTraceInfos = async (ctx: Context, traceIds: readonly string[]): Promise<TraceInfo[]> => {
  authorize(ctx, "run:read");
  return withAssessments(ctx.deps.db, ctx.workspace.id, await findTraces(ctx.deps.db, ctx.workspace.id, traceIds));
};

export const getTraceInfo = async (ctx: Context, traceId: string): Promise<TraceInfo> => {
  const [trace] = await getTraceInfos(ctx, [traceId]);
  if (!trace) throw noTrace(traceId);
  return trace;
};

export const tagTrace = async (ctx: Context, traceId: string, key: string, value: string): Promise<void> => {
  authorize(ctx, "run:write");
  checkKey(key, "tag");
  if (!(await setTraceTag(ctx.deps.db, ctx.workspace.id, traceId, key, value.slice(0, maxTagText)))) throw noTrace(traceId);
};

export const untagTrace = async (ctx: Context, traceId: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  if (await deleteTraceTag(ctx.deps.db, ctx.workspace.id, traceId, key)) return;
  await needTrace(ctx.deps.db, ctx.workspace.id, traceId);
  throw missing(`No trace tag with key '${key}' for trace with ID '${traceId}'`);
};

/** Spans of older clients and attachments go with their trace. */
const forgetFiles = async (tx: Tx, workspaceId: string, experiment: ExperimentRow, traceId: string): Promise<void> => {
  const folder = folderOf(`${experiment.artifactLocation}/traces/${traceId}`);
  if (folder !== undefined) await forgetFolder(tx, workspaceId, folder);
};

export type TraceDeletion = { ids: string[]; until: number | undefined; limit: number | undefined };

/** Deletes traces of an experiment, by id or up to a time (oldest first, at most `limit`); returns how many. */
export const deleteTraces = async (ctx: Context, experimentId: string, { ids, until, limit }: TraceDeletion): Promise<number> => {
  authorize(ctx, "run:write");
  if (until === undefined && ids.length === 0) throw invalid("Either `max_timestamp_millis` or `trace_ids` must be specified.");
  if (until !== undefined && ids.length > 0) throw invalid("Only one of `max_timestamp_millis` and `trace_ids` can be specified.");
  if (ids.length > 0 && limit !== undefined) throw invalid("`max_traces` can't be specified if `trace_ids` is specified.");
  if (limit !== undefined && limit < 1) throw invalid(`\`max_traces\` must be a positive integer, received ${limit}.`);
  return transact(ctx.deps, async (tx, now) => {
    const experiment = await needExperiment(tx, ctx.workspace.id, experimentId);
    const deleted = await deleteTraceRows(tx, ctx.workspace.id, experiment.number, until === undefined ? { ids } : { until, limit: limit ?? null });
    for (const traceId of deleted) await forgetFiles(tx, ctx.workspace.id, experiment, traceId);
    if (deleted.length > 0) {
      await recordChange(tx, ctx, now, { action: "trace.delete", target: { type: "experiment", id: experimentId, name: experiment.name }, change: { before: { traces: deleted.length, ...(until === undefined ? {} : { until: new Date(until) }) } } });
    }
    return deleted.length;
  });
};

const maxLinks = 100;

/** Links traces to a run beside the one that made them; ids that are unknown are left out. */
export const linkTracesToRun = async (ctx: Context, traceIds: readonly string[], runId: string): Promise<void> => {
  authorize(ctx, "run:write");
  if (traceIds.length > maxLinks) throw invalid(`Cannot link more than ${maxLinks} traces to a run in a single request. Provided ${traceIds.length} traces.`);
  await transact(ctx.deps, async (tx) => {
    const run = await needRun(tx, ctx.workspace.id, runId);
    const found = await findTraces(tx, ctx.workspace.id, traceIds);
    await linkTraces(tx, ctx.workspace.id, found.map(({ traceId }) => traceId), run.seq);
  });
};

export const linkPromptsToTrace = async (ctx: Context, traceId: string, prompts: readonly { name: string; version: string }[]): Promise<void> => {
  authorize(ctx, "run:write");
  if (prompts.length > maxLinks) throw invalid(`Cannot link more than ${maxLinks} prompts to a trace in a single request.`);
  await transact(ctx.deps, async (tx) => {
    await needTrace(tx, ctx.workspace.id, traceId);
    await linkPrompts(tx, ctx.workspace.id, traceId, prompts);
  });
};
