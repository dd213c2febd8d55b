import { type Tx } from "@/lib/platform/db";

import type { OtlpSpan } from "./otlp/span";

export type SpanRow = { traceId: string; spanId: string; parentId: string | null; name: string; type: string | null; status: string; startNs: bigint; endNs: bigint | null; content: OtlpSpan };

/** Stores spans; one that comes again replaces the one before. */
export const upsertSpans = async (tx: Tx, workspaceId: string, spans: readonly SpanRow[]): Promise<void> => {
  const rows = [...new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span])).values()].sort((a, b) => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1));
  await tx.$executeRaw`
    INSERT INTO trace_span (workspace_id, trace_id, span_id, parent_id, name, type, status, start_ns, end_ns, content)
    SELECT ${workspaceId}::uuid, i.trace_id, i.span_id, i.parent_id, i.name, i.type, i.status, i.start_ns, i.end_ns, i.content
    FROM unnest(${rows.map(({ traceId }) => traceId)}::text[], ${rows.map(({ spanId }) => spanId)}::text[], ${rows.map(({ parentId }) => parentId)}::text[], ${rows.map(({ name }) => name)}::text[],
      ${rows.map(({ type }) => type)}::text[], ${rows.map(({ status }) => status)}::text[], ${rows.map(({ startNs }) => String(startNs))}::bigint[],
      ${rows.map(({ endNs }) => (endNs === null ? null : String(endNs)))}::bigint[], ${rows.map(({ content }) => JSON.stringify(content))}::jsonb[])
      AS i(trace_id, span_id, parent_id, name, type, status, start_ns, end_ns, content)
    ON CONFLICT (workspace_id, trace_id, span_id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, type = excluded.type, status = excluded.status,
      start_ns = excluded.start_ns, end_ns = excluded.end_ns, content = excluded.content`;
};

/** Spans of traces, the root first, then by start. */
export const findSpans = async (tx: Tx, workspaceId: string, traceIds: readonly string[]): Promise<Map<string, OtlpSpan[]>> => {
  const rows = await tx.$queryRaw<{ traceId: string; content: OtlpSpan }[]>`
    SELECT trace_id AS "traceId", content FROM trace_span WHERE workspace_id = ${workspaceId}::uuid AND trace_id = ANY(${[...traceIds]}::text[])
    ORDER BY trace_id, parent_id IS NOT NULL, start_ns, span_id`;
  const byTrace = new Map<string, OtlpSpan[]>();
  for (const { traceId, content } of rows) byTrace.set(traceId, [...(byTrace.get(traceId) ?? []), content]);
  return byTrace;
};
