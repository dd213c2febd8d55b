import { invalid } from "../errors";
import { toStorable } from "../storable";
import { bytesOf, doubleOf, type Field, numberOf, readFields, textOf } from "./protobuf";
import type { OtlpAttribute, OtlpEvent, OtlpLink, OtlpSpan, OtlpValue, SpanGroup } from "./span";

/** What one request may hold: enough for any honest batch, too little to exhaust a process. */
export const otlpLimits = { bytes: 20_000_000, spans: 10_000, depth: 32 } as const;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const storable = (field: Field): string => toStorable(textOf(field));

const doubleText = (value: number): number | "NaN" | "Infinity" | "-Infinity" => {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "Infinity";
  return value === -Infinity ? "-Infinity" : value;
};

const decodeValue = (bytes: Uint8Array, depth: number): OtlpValue => {
  if (depth > otlpLimits.depth) throw invalid(`An attribute is nested deeper than ${otlpLimits.depth} levels.`);
  let value: OtlpValue = {};
  for (const field of readFields(bytes)) {
    switch (field.number) {
      case 1: value = { string_value: storable(field) }; break;
      case 2: value = { bool_value: numberOf(field) !== 0n }; break;
      case 3: value = { int_value: String(BigInt.asIntN(64, numberOf(field))) }; break;
      case 4: value = { double_value: doubleText(doubleOf(field)) }; break;
      case 5: value = { array_value: { values: [...readFields(bytesOf(field))].filter(({ number }) => number === 1).map((item) => decodeValue(bytesOf(item), depth + 1)) } }; break;
      case 6: value = { kvlist_value: { values: [...readFields(bytesOf(field))].filter(({ number }) => number === 1).map((item) => decodeAttribute(bytesOf(item), depth + 1)) } }; break;
      case 7: value = { bytes_value: base64(bytesOf(field)) }; break;
    }
  }
  return value;
};

const decodeAttribute = (bytes: Uint8Array, depth: number): OtlpAttribute => {
  const attribute: OtlpAttribute = { key: "", value: {} };
  for (const field of readFields(bytes)) {
    if (field.number === 1) attribute.key = storable(field);
    else if (field.number === 2) attribute.value = decodeValue(bytesOf(field), depth);
  }
  return attribute;
};

const decodeEvent = (bytes: Uint8Array): OtlpEvent => {
  const event: OtlpEvent = { time_unix_nano: "0", name: "" };
  for (const field of readFields(bytes)) {
    if (field.number === 1) event.time_unix_nano = String(numberOf(field));
    else if (field.number === 2) event.name = storable(field);
    else if (field.number === 3) (event.attributes ??= []).push(decodeAttribute(bytesOf(field), 0));
  }
  return event;
};

const decodeLink = (bytes: Uint8Array): OtlpLink => {
  const link: OtlpLink = { trace_id: "", span_id: "" };
  for (const field of readFields(bytes)) {
    if (field.number === 1) link.trace_id = base64(bytesOf(field));
    else if (field.number === 2) link.span_id = base64(bytesOf(field));
    else if (field.number === 3) link.trace_state = storable(field);
    else if (field.number === 4) (link.attributes ??= []).push(decodeAttribute(bytesOf(field), 0));
  }
  return link;
};

const decodeStatus = (bytes: Uint8Array): { code?: number; message?: string } => {
  const status: { code?: number; message?: string } = {};
  for (const field of readFields(bytes)) {
    if (field.number === 2) status.message = storable(field);
    else if (field.number === 3) status.code = Number(numberOf(field));
  }
  return status;
};

const decodeSpan = (bytes: Uint8Array): OtlpSpan => {
  const span: OtlpSpan = { trace_id: "", span_id: "", name: "", start_time_unix_nano: "0" };
  for (const field of readFields(bytes)) {
    switch (field.number) {
      case 1: span.trace_id = base64(bytesOf(field)); break;
      case 2: span.span_id = base64(bytesOf(field)); break;
      case 3: span.trace_state = storable(field); break;
      case 4: if (bytesOf(field).length > 0) span.parent_span_id = base64(bytesOf(field)); break;
      case 5: span.name = storable(field); break;
      case 6: span.kind = Number(numberOf(field)); break;
      case 7: span.start_time_unix_nano = String(numberOf(field)); break;
      case 8: span.end_time_unix_nano = String(numberOf(field)); break;
      case 9: (span.attributes ??= []).push(decodeAttribute(bytesOf(field), 0)); break;
      case 11: (span.events ??= []).push(decodeEvent(bytesOf(field))); break;
      case 13: (span.links ??= []).push(decodeLink(bytesOf(field))); break;
      case 15: span.status = decodeStatus(bytesOf(field)); break;
    }
  }
  return span;
};

const decodeResource = (bytes: Uint8Array): OtlpAttribute[] => [...readFields(bytes)].filter(({ number }) => number === 1).map((field) => decodeAttribute(bytesOf(field), 0));

/** Spans of an ExportTraceServiceRequest in protobuf; raises invalid for what is none. */
export const decodeSpans = (bytes: Uint8Array): SpanGroup[] => {
  const groups: SpanGroup[] = [];
  for (const resourceSpans of readFields(bytes)) {
    if (resourceSpans.number !== 1) continue;
    const group: SpanGroup = { resource: [], spans: [] };
    for (const field of readFields(bytesOf(resourceSpans))) {
      if (field.number === 1) group.resource = decodeResource(bytesOf(field));
      if (field.number !== 2) continue;
      for (const inScope of readFields(bytesOf(field))) if (inScope.number === 2) group.spans.push(decodeSpan(bytesOf(inScope)));
    }
    groups.push(group);
  }
  return groups;
};
