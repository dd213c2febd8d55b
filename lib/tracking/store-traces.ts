import { Prisma, type Tx } from "@/lib/platform/db";

export type Texts = Record<string, string>;
export type TraceRow = {
  traceId: string;
  experimentNumber: number;
  /** Milliseconds since 1970. */
  requestTime: number;
  durationMs: number | null;
  state: string;
  clientRequestId: string | null;
  requestPreview: string | null;
  responsePreview: string | null;
  tags: Texts;
  metadata: Texts;
};

type RawTrace = Omit<TraceRow, "requestTime" | "durationMs"> & { requestTime: bigint; durationMs: bigint | null };

const toRow = ({ requestTime, durationMs, ...row }: RawTrace): TraceRow => ({ ...row, requestTime: Number(requestTime), durationMs: durationMs === null ? null : Number(durationMs) });

const columns = Prisma.sql`t.trace_id AS "traceId", t.experiment_number AS "experimentNumber", t.request_time AS "requestTime", t.duration_ms AS "durationMs", t.state,
  t.client_request_id AS "clientRequestId", t.request_preview AS "requestPreview", t.response_preview AS "responsePreview", t.tags, t.metadata`;

const insertInto = (workspaceId: string, trace: TraceRow, isFinal: boolean, now: Date): Prisma.Sql => Prisma.sql`
  INSERT INTO trace AS t (workspace_id, trace_id, experiment_number, request_time, duration_ms, state, client_request_id, request_preview, response_preview, tags, metadata, is_final, created_at)
  VALUES (${workspaceId}::uuid, ${trace.traceId}, ${trace.experimentNumber}::int, ${trace.requestTime}::bigint, ${trace.durationMs}::bigint, ${trace.state}, ${trace.clientRequestId}, ${trace.requestPreview},
    ${trace.responsePreview}, ${JSON.stringify(trace.tags)}::jsonb, ${JSON.stringify(trace.metadata)}::jsonb, ${isFinal}, ${now})`;

/** Stores a trace as its client tells it; what spans told before gives way, tags and metadata that it doesn't name stay. */
export const upsertTrace = async (tx: Tx, workspaceId: string, trace: TraceRow, now: Date): Promise<TraceRow> => {
  const [row] = await tx.$queryRaw<RawTrace[]>`${insertInto(workspaceId, trace, true, now)}
    ON CONFLICT (workspace_id, trace_id) DO UPDATE SET
      experiment_number = excluded.experiment_number, request_time = excluded.request_time, duration_ms = excluded.duration_ms, state = excluded.state, client_request_id = excluded.client_request_id,
      request_preview = coalesce(excluded.request_preview, t.request_preview), response_preview = coalesce(excluded.response_preview, t.response_preview),
      tags = t.tags || excluded.tags, metadata = t.metadata || excluded.metadata, is_final = true
    RETURNING ${columns}`;
  return row === undefined ? trace : toRow(row);
};

/** Notes a trace of which spans arrived: its times grow with them until the client has told them, and what is known already stays. */
export const upsertTraceOfSpans = async (tx: Tx, workspaceId: string, trace: TraceRow, now: Date): Promise<void> => {
  await tx.$executeRaw`${insertInto(workspaceId, trace, false, now)}
    ON CONFLICT (workspace_id, trace_id) DO UPDATE SET
      request_time = CASE WHEN t.is_final THEN t.request_time ELSE least(t.request_time, excluded.request_time) END,
      duration_ms = CASE WHEN t.is_final THEN t.duration_ms ELSE
        greatest(t.request_time + t.duration_ms, excluded.request_time + excluded.duration_ms) - least(t.request_time, excluded.request_time) END,
      state = CASE WHEN t.state IN ('IN_PROGRESS', 'STATE_UNSPECIFIED') THEN excluded.state ELSE t.state END,
      request_preview = coalesce(t.request_preview, excluded.request_preview), response_preview = coalesce(t.response_preview, excluded.response_preview),
      tags = excluded.tags || t.tags || jsonb_build_object('mlflow.trace.spansLocation', 'TRACKING_STORE'), metadata = excluded.metadata || t.metadata`;
};

/** Traces by id, in the order asked for; ids that are unknown are left out. */
export const findTraces = async (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<TraceRow[]> => {
  const rows = await tx.$queryRaw<RawTrace[]>`SELECT ${columns} FROM trace t WHERE t.workspace_id = ${workspaceId}::uuid AND t.trace_id = ANY(${[...ids]}::text[])`;
  const byId = new Map(rows.map((row) => [row.traceId, toRow(row)]));
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
};

/** Ends a trace that was begun by the API before version 3; null when there is none. */
export const endTraceRow = async (tx: Tx, workspaceId: string, traceId: string, { endTime, state, tags, metadata }: { endTime: number; state: string; tags: Texts; metadata: Texts }): Promise<TraceRow | null> => {
  const [row] = await tx.$queryRaw<RawTrace[]>`
    UPDATE trace t SET duration_ms = ${endTime}::bigint - t.request_time, state = ${state}, tags = t.tags || ${JSON.stringify(tags)}::jsonb, metadata = t.metadata || ${JSON.stringify(metadata)}::jsonb, is_final = true
    WHERE t.workspace_id = ${workspaceId}::uuid AND t.trace_id = ${traceId} RETURNING ${columns}`;
  return row === undefined ? null : toRow(row);
};

/** Sets a tag; false when there is no such trace. */
export const setTraceTag = async (tx: Tx, workspaceId: string, traceId: string, key: string, value: string): Promise<boolean> =>
  (await tx.$executeRaw`UPDATE trace SET tags = tags || jsonb_build_object(${key}::text, ${value}::text) WHERE workspace_id = ${workspaceId}::uuid AND trace_id = ${traceId}`) > 0;

/** Deletes a tag; false when the trace has none of that key. */
export const deleteTraceTag = async (tx: Tx, workspaceId: string, traceId: string, key: string): Promise<boolean> =>
  (await tx.$executeRaw`UPDATE trace SET tags = tags - ${key}::text WHERE workspace_id = ${workspaceId}::uuid AND trace_id = ${traceId} AND tags ? ${key}::text`) > 0;

export type TraceSearch = { conditions: Prisma.Sql[]; order: Prisma.Sql; offset: number; limit: number };

/** Traces by conditions and order that the caller compiled. */
export const searchTraceRows = async (tx: Tx, workspaceId: string, { conditions, order, offset, limit }: TraceSearch): Promise<TraceRow[]> => {
  const rows = await tx.$queryRaw<RawTrace[]>`
    SELECT ${columns} FROM trace t WHERE ${Prisma.join([Prisma.sql`t.workspace_id = ${workspaceId}::uuid`, ...conditions], " AND ")} ORDER BY ${order} OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(toRow);
};

/** Deletes traces of an experiment with all that hangs on them, by id or up to a time, oldest first; returns their ids. */
export const deleteTraceRows = async (tx: Tx, workspaceId: string, experimentNumber: number, which: { ids: readonly string[] } | { until: number; limit: number | null }): Promise<string[]> => {
  const chosen = "ids" in which
    ? Prisma.sql`AND trace_id = ANY(${[...which.ids]}::text[]) ORDER BY trace_id`
    : Prisma.sql`AND request_time <= ${which.until}::bigint ORDER BY request_time, trace_id LIMIT ${which.limit}::int`;
  const rows = await tx.$queryRaw<{ traceId: string }[]>`
    DELETE FROM trace WHERE (workspace_id, trace_id) IN (SELECT workspace_id, trace_id FROM trace WHERE workspace_id = ${workspaceId}::uuid AND experiment_number = ${experimentNumber}::int ${chosen} FOR UPDATE)
    RETURNING trace_id AS "traceId"`;
  return rows.map(({ traceId }) => traceId);
};

export const linkTraces = async (tx: Tx, workspaceId: string, traceIds: readonly string[], runSeq: bigint): Promise<void> => {
  await tx.traceRun.createMany({ data: traceIds.map((traceId) => ({ workspaceId, traceId, runSeq })), skipDuplicates: true });
};

export const linkPrompts = async (tx: Tx, workspaceId: string, traceId: string, prompts: readonly { name: string; version: string }[]): Promise<void> => {
  await tx.tracePrompt.createMany({ data: prompts.map((prompt) => ({ workspaceId, traceId, ...prompt })), skipDuplicates: true });
};
