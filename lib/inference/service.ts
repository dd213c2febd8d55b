import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId, idTimeMs, parseId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, toPage, type Page } from "@/lib/core/pagination";
import { authorize } from "@/lib/identity/server";
import { transact, type Context } from "@/lib/platform/context";

import { toBodyView } from "./body";
import type { CallsQuery } from "./operations";
import type { CallView, PredictionCall, PredictionView } from "./schema";
import * as store from "./store";
import { findBodyRows, findPredictionRows, listCallRows, logDatabase, type BodyRow, type CallFilter, type CallRow } from "./store-log";

const keptDays = 30;
const bodiesKeptDays = 7;

const ranges = { ok: { from: 100, to: 399 }, refused: { from: 400, to: 499 }, failed: { from: 500, to: 599 } } as const;

const rangeOf = (status: CallsQuery["status"]): CallFilter["status"] => (typeof status === "number" ? { from: status, to: status } : status && ranges[status]);

const toCallView = (row: CallRow, numbers: ReadonlyMap<string, number>): CallView => ({
  predictionId: formatId("prediction", row.prediction_id),
  at: row.at.toISOString(),
  arm: row.arm,
  endpointId: formatId("endpoint", row.endpoint_id),
  versionId: row.version_id && formatId("version", row.version_id),
  versionNumber: row.version_id ? (numbers.get(row.version_id) ?? null) : null,
  routeNumber: row.route_number,
  requestId: row.request_id,
  status: row.status,
  error: row.error,
  latencyMs: row.latency_us / 1000,
  upstreamMs: row.upstream_us === null ? null : row.upstream_us / 1000,
  requestBytes: row.request_bytes,
  responseBytes: row.response_bytes,
  hasBody: row.has_body,
});

/** Lists the calls of an endpoint (by name or id) of the last 30 days, newest first; raises not_found and forbidden. */
export const listCalls = async (ctx: Context, endpoint: string, query: CallsQuery): Promise<Page<CallView>> => {
  authorize(ctx, "prediction:read");
  const { row, since } = await transact(ctx.deps, async (tx, now) => {
    const id = tryParseId("endpoint", endpoint);
    const found = await store.findEndpoint(tx, ctx.workspace.id, id ? { id } : { name: endpoint, environment: query.environment ?? "production" });
    return { row: found, since: new Date(now.getTime() - keptDays * dayMs) };
  });
  if (!row) throw new AppError("not_found", "endpoint.not_found", `There is no endpoint "${endpoint}" here.`);
  authorize(ctx, "prediction:read", { endpointId: row.id });
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 3);
  const rows = await listCallRows(logDatabase(ctx.deps), {
    workspaceId: ctx.workspace.id,
    endpointId: row.id,
    versionId: query.version === undefined ? undefined : parseId("version", query.version),
    arm: query.arm,
    status: rangeOf(query.status),
    before: cursor && { at: new Date(Number(cursor[0])), predictionId: parseId("prediction", String(cursor[1])), arm: String(cursor[2]) },
    since,
    limit: query.limit,
  });
  const numbers = await store.versionNumbers(ctx.deps.db, ctx.workspace.id, rows.map(({ version_id }) => version_id));
  return toPage(rows, query.limit, (call) => toCallView(call, numbers), (call) => [call.at.getTime(), formatId("prediction", call.prediction_id), call.arm]);
};

/** Says why a call has no bodies. */
const explainAbsence = (call: CallRow, body: BodyRow | undefined): string | null => {
  if (body) return body.request || body.response ? null : "Neither body could be kept.";
  if (call.has_body) return `Bodies are kept for ${bodiesKeptDays} days; the row of the call stays for ${keptDays}.`;
  return "The bodies of this call were not kept: above 50 requests a second an endpoint they are sampled, they give way when disk or memory runs short, and bodies with sensitive fields that can't be told apart are never stored.";
};

const toPredictionCall = (call: CallRow, body: BodyRow | undefined, numbers: ReadonlyMap<string, number>): PredictionCall => ({
  ...toCallView(call, numbers),
  request: toBodyView(body?.request ?? null, body?.is_truncated ?? false),
  response: toBodyView(body?.response ?? null, body?.is_truncated ?? false),
  isTruncated: body?.is_truncated ?? false,
  isRedacted: body?.is_redacted ?? false,
  bodyNote: explainAbsence(call, body),
});

/** Reads one prediction with every leg of it; raises not_found, also once the log has dropped its day. */
export const getPrediction = async (ctx: Context, predictionId: string): Promise<PredictionView> => {
  authorize(ctx, "prediction:read");
  const id = parseId("prediction", predictionId);
  const at = new Date(idTimeMs(id));
  const log = logDatabase(ctx.deps);
  const calls = await findPredictionRows(log, ctx.workspace.id, id, at);
  const [first] = calls;
  const { db } = ctx.deps;
  const endpoint = first && (await store.findEndpointOfCall(db, ctx.workspace.id, first.endpoint_id));
  if (!first || !endpoint) throw new AppError("not_found", "prediction.not_found", `There is no such prediction in this workspace. Calls appear within a second and are kept for ${keptDays} days.`);
  authorize(ctx, "prediction:read", { endpointId: endpoint.id });
  const bodies = new Map((await findBodyRows(log, id, at)).map((body) => [body.arm, body]));
  const numbers = await store.versionNumbers(db, ctx.workspace.id, calls.map(({ version_id }) => version_id));
  const main = calls.find(({ arm }) => arm !== "shadow") ?? first;
  const route = await store.findRoute(db, ctx.workspace.id, endpoint.id, main.route_number);
  const label = await store.findLabel(db, ctx.workspace.id, id, endpoint.id, main.request_id);
  const ordered = [main, ...calls.filter((call) => call !== main)];
  return {
    id: formatId("prediction", id),
    at: at.toISOString(),
    endpoint: { id: formatId("endpoint", endpoint.id), name: endpoint.name, environment: endpoint.environment.name, isDeleted: endpoint.deletedAt !== null },
    model: { name: endpoint.model.name },
    calls: ordered.map((call) => toPredictionCall(call, bodies.get(call.arm), numbers)),
    route: route && {
      number: route.number,
      candidateWeightBp: route.candidateWeightBp,
      mirrorBp: route.mirrorBp,
      reason: route.reason,
      rolloutId: route.rolloutId && formatId("rollout", route.rolloutId),
      createdAt: route.createdAt.toISOString(),
    },
    label: label && { value: label.value, labelledAt: label.labelledAt.toISOString(), receivedAt: label.receivedAt.toISOString(), source: label.source, revision: label.revision },
  };
};
