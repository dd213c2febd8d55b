import { invalid } from "../errors";
import type { SpanRow } from "../store-spans";
import type { Texts, TraceRow } from "../store-traces";
import { cutPreview, maxTagText } from "../trace-limits";
import { attributeOf, hexOf, type OtlpAttribute, type OtlpSpan, plainValue, type SpanGroup, statusOf, textAttribute } from "./span";

const maxTime = 2n ** 63n - 1n;
const maxName = 1_000;
const previewLength = 1_000;
const tagPrefix = "mlflow.traceTag.";

/** MLflow's id of the trace that OpenTelemetry knows by 16 bytes. */
const traceIdOf = (span: OtlpSpan): string => `tr-${hexOf(span.trace_id)}`;

const readTime = (text: string, name: string): bigint => {
  const time = BigInt(text);
  if (time < 0n || time > maxTime) throw invalid(`Invalid OpenTelemetry format: ${name} is out of range.`);
  return time;
};

/** What is searched of a span beside its content; raises invalid for ids that are none. */
export const toSpanRow = (span: OtlpSpan): SpanRow => {
  if (hexOf(span.trace_id).length !== 32) throw invalid("Invalid OpenTelemetry format: a trace_id has not 16 bytes.");
  if (hexOf(span.span_id).length !== 16) throw invalid("Invalid OpenTelemetry format: a span_id has not 8 bytes.");
  const end = span.end_time_unix_nano === undefined ? 0n : readTime(span.end_time_unix_nano, "end_time_unix_nano");
  return {
    traceId: traceIdOf(span),
    spanId: hexOf(span.span_id),
    parentId: span.parent_span_id === undefined ? null : hexOf(span.parent_span_id),
    name: span.name.slice(0, maxName),
    type: textAttribute(span.attributes, "mlflow.spanType")?.slice(0, 250) ?? null,
    status: statusOf(span),
    startNs: readTime(span.start_time_unix_nano, "start_time_unix_nano"),
    endNs: end === 0n ? null : end,
    content: span,
  };
};

export type SpansOfTrace = { traceId: string; spans: OtlpSpan[]; resource: OtlpAttribute[] };

/** Spans by trace, sorted by id: writers of several traces take their rows in one order. */
export const tracesOf = (groups: readonly SpanGroup[]): SpansOfTrace[] => {
  const byId = new Map<string, SpansOfTrace>();
  for (const { resource, spans } of groups) {
    for (const span of spans) {
      const traceId = traceIdOf(span);
      const trace = byId.get(traceId) ?? { traceId, spans: [], resource };
      trace.spans.push(span);
      byId.set(traceId, trace);
    }
  }
  return [...byId.values()].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
};

const toMs = (nanoseconds: bigint): number => Number(nanoseconds / 1_000_000n);
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const tagsOfResource = (resource: readonly OtlpAttribute[]): Texts =>
  Object.fromEntries(
    resource
      .filter(({ key }) => key !== "" && key.length <= 250 && !key.startsWith("telemetry.sdk.") && !key.startsWith("mlflow."))
      .slice(0, 100)
      .map(({ key, value }) => [key, textOf(plainValue(value)).slice(0, maxTagText)]),
  );

const tagsOfRoot = (root: OtlpSpan | undefined): Texts =>
  Object.fromEntries((root?.attributes ?? []).filter(({ key }) => key.startsWith(tagPrefix) && key.length > tagPrefix.length).slice(0, 100).map(({ key, value }) => [key.slice(tagPrefix.length), textOf(plainValue(value)).slice(0, maxTagText)]));

const firstText = (spans: readonly OtlpSpan[], ...keys: string[]): string | undefined => keys.map((key) => spans.map(({ attributes }) => textAttribute(attributes, key)).find((text) => text !== undefined)).find((text) => text !== undefined);

const preview = (root: OtlpSpan | undefined, ...keys: string[]): string | null => {
  const value = keys.map((key) => attributeOf(root?.attributes, key)).find((found) => found !== undefined && found !== null);
  return value === undefined ? null : cutPreview(textOf(value).slice(0, previewLength));
};

/** What spans of a trace tell of it as long as its client has not: its times, its outcome (by the root), what was asked and answered. */
export const summarize = (spans: readonly OtlpSpan[], resource: readonly OtlpAttribute[]): Omit<TraceRow, "traceId" | "experimentNumber" | "clientRequestId"> => {
  const starts = spans.map((span) => toMs(BigInt(span.start_time_unix_nano)));
  const ends = spans.map((span) => toMs(BigInt(span.end_time_unix_nano ?? "0"))).filter((end) => end > 0);
  const requestTime = starts.reduce((least, start) => Math.min(least, start), Infinity);
  const root = spans.find((span) => span.parent_span_id === undefined);
  const session = firstText(spans, "session.id", "gen_ai.conversation.id");
  const user = firstText(spans, "user.id");
  return {
    requestTime,
    durationMs: ends.length === 0 ? null : Math.max(0, ends.reduce((latest, end) => Math.max(latest, end), 0) - requestTime),
    state: root === undefined ? "IN_PROGRESS" : statusOf(root) === "ERROR" ? "ERROR" : "OK",
    requestPreview: preview(root, "mlflow.spanInputs", "input.value", "gen_ai.input.messages"),
    responsePreview: preview(root, "mlflow.spanOutputs", "output.value", "gen_ai.output.messages"),
    tags: { ...tagsOfResource(resource), ...(root === undefined ? {} : { "mlflow.traceName": root.name.slice(0, maxName) }), ...tagsOfRoot(root) },
    metadata: { ...(session === undefined ? {} : { "mlflow.trace.session": session.slice(0, 250) }), ...(user === undefined ? {} : { "mlflow.trace.user": user.slice(0, 250) }) },
  };
};
