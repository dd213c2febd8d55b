import { isObject } from "@/lib/core/json";

import { invalid } from "../errors";
import { toStorable } from "../storable";
import { otlpLimits } from "./decode";
import type { OtlpAttribute, OtlpSpan, OtlpValue, SpanGroup } from "./span";

type Members = Record<string, unknown>;

const broken = (why: string) => invalid(`Invalid OpenTelemetry format: ${why}.`);

const listOf = (members: Members, name: string): Members[] => {
  const value = members[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) throw broken(`${name} is not a list of objects`);
  return value;
};
const textOf = (members: Members, name: string): string => {
  const value = members[name] ?? "";
  if (typeof value !== "string") throw broken(`${name} is not a text`);
  return toStorable(value);
};
/** 64-bit integers come as texts, some senders write numbers. */
const integerOf = (value: unknown, name: string): string => {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^-?\d{1,20}$/.test(text)) throw broken(`${name} is not an integer`);
  return text;
};
/** Ids are in hexadecimal here, unlike anywhere else in protobuf's JSON. */
const idOf = (members: Members, name: string): string => {
  const hex = textOf(members, name);
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw broken(`${name} is not hexadecimal`);
  return Buffer.from(hex, "hex").toString("base64");
};
const doubleOf = (value: unknown): number | "NaN" | "Infinity" | "-Infinity" => {
  if (typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity") return value;
  throw broken("doubleValue is not a number");
};

const readValue = (value: unknown, depth: number): OtlpValue => {
  if (depth > otlpLimits.depth) throw invalid(`An attribute is nested deeper than ${otlpLimits.depth} levels.`);
  if (!isObject(value)) return {};
  if (value["stringValue"] !== undefined) return { string_value: textOf(value, "stringValue") };
  if (typeof value["boolValue"] === "boolean") return { bool_value: value["boolValue"] };
  if (value["intValue"] !== undefined) return { int_value: integerOf(value["intValue"], "intValue") };
  if (value["doubleValue"] !== undefined) return { double_value: doubleOf(value["doubleValue"]) };
  if (value["bytesValue"] !== undefined) return { bytes_value: textOf(value, "bytesValue") };
  if (isObject(value["arrayValue"])) return { array_value: { values: listOf(value["arrayValue"], "values").map((item) => readValue(item, depth + 1)) } };
  if (isObject(value["kvlistValue"])) return { kvlist_value: { values: readAttributes(value["kvlistValue"], "values", depth + 1) } };
  return {};
};

const readAttributes = (members: Members, name: string, depth = 0): OtlpAttribute[] => listOf(members, name).map((item) => ({ key: textOf(item, "key"), value: readValue(item["value"], depth) }));

const readSpan = (span: Members): OtlpSpan => {
  const parent = idOf(span, "parentSpanId");
  const status = isObject(span["status"]) ? span["status"] : {};
  return {
    trace_id: idOf(span, "traceId"),
    span_id: idOf(span, "spanId"),
    ...(parent === "" ? {} : { parent_span_id: parent }),
    name: textOf(span, "name"),
    ...(typeof span["kind"] === "number" ? { kind: span["kind"] } : {}),
    start_time_unix_nano: integerOf(span["startTimeUnixNano"] ?? 0, "startTimeUnixNano"),
    ...(span["endTimeUnixNano"] === undefined ? {} : { end_time_unix_nano: integerOf(span["endTimeUnixNano"], "endTimeUnixNano") }),
    attributes: readAttributes(span, "attributes"),
    events: listOf(span, "events").map((event) => ({ time_unix_nano: integerOf(event["timeUnixNano"] ?? 0, "timeUnixNano"), name: textOf(event, "name"), attributes: readAttributes(event, "attributes") })),
    links: listOf(span, "links").map((link) => ({ trace_id: idOf(link, "traceId"), span_id: idOf(link, "spanId"), attributes: readAttributes(link, "attributes") })),
    status: { ...(typeof status["code"] === "number" ? { code: status["code"] } : {}), message: textOf(status, "message") },
  };
};

/** Spans of an ExportTraceServiceRequest in OTLP's JSON; raises invalid for what is none. */
export const readSpansOfJson = (text: string): SpanGroup[] => {
  const body = parse(text);
  if (!isObject(body)) throw broken("the body is not a JSON object");
  return listOf(body, "resourceSpans").map((group) => ({
    resource: isObject(group["resource"]) ? readAttributes(group["resource"], "attributes") : [],
    spans: listOf(group, "scopeSpans").flatMap((scope) => listOf(scope, "spans").map(readSpan)),
  }));
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(broken("the body is not valid JSON"), { cause });
  }
};
