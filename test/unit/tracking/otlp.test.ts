import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { isAppError } from "@/lib/core/errors";
import { decodeSpans, otlpLimits } from "@/lib/tracking/otlp/decode";
import { readSpansOfJson } from "@/lib/tracking/otlp/decode-json";
import { plainValue } from "@/lib/tracking/otlp/span";
import { summarize, toSpanRow, tracesOf } from "@/lib/tracking/otlp/summary";
import { toStorable, toStorableJson } from "@/lib/tracking/storable";

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))]);
const field = (number: number, bytes: number[] | Uint8Array): number[] => [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
const text = (content: string): number[] => [...Buffer.from(content)];
const fixed64 = (number: number, value: bigint): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return [...varint(number * 8 + 1), ...bytes];
};
const traceId = Array.from({ length: 16 }, (_, index) => index);
const spanOf = (extra: number[]): number[] => [...field(1, traceId), ...field(2, Array.from({ length: 8 }, () => 1)), ...field(5, text("root ü")), ...fixed64(7, 1_700_000_000_000_000_000n), ...fixed64(8, 1_700_000_001_500_000_000n), ...extra];
const requestOf = (...spans: number[][]): Uint8Array => Uint8Array.from(field(1, [...field(1, field(1, [...field(1, text("service.name")), ...field(2, field(1, text("shop")))])), ...field(2, spans.flatMap((span) => field(2, span)))]));
const attribute = (key: string, value: number[]): number[] => field(9, [...field(1, text(key)), ...field(2, value)]);

describe("spans in protobuf", () => {
  test("are read with every kind of value", () => {
    const negative = [...varint(3 * 8), ...Array.from({ length: 9 }, () => 0xff), 0x01];
    const [group] = decodeSpans(requestOf(spanOf([
      ...attribute("text", field(1, text("a\0b"))),
      ...attribute("yes", [...varint(2 * 8), 1]),
      ...attribute("minus", negative),
      ...attribute("endless", fixed64(4, 0x7ff0000000000000n)),
      ...attribute("list", field(5, [...field(1, field(1, text("x"))), ...field(1, [])])),
      ...attribute("map", field(6, field(1, [...field(1, text("k")), ...field(2, negative)]))),
      ...attribute("bytes", field(7, [0, 255])),
      ...field(11, [...fixed64(1, 7n), ...field(2, text("tick"))]),
      ...field(13, [...field(1, traceId), ...field(2, [9, 9, 9, 9, 9, 9, 9, 9])]),
      ...field(15, [...field(2, text("no luck")), ...varint(3 * 8), 2]),
      ...varint(99 * 8), 5, // a field that is not known yet
    ])));
    const span = group?.spans[0];
    expect(group?.resource).toEqual([{ key: "service.name", value: { string_value: "shop" } }]);
    expect(Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, plainValue(value)]))).toEqual({ text: "a\u{FFFD}b", yes: true, minus: -1, endless: "Infinity", list: ["x", null], map: { k: -1 }, bytes: "AP8=" });
    expect(span).toMatchObject({ name: "root ü", trace_id: Buffer.from(traceId).toString("base64"), events: [{ name: "tick", time_unix_nano: "7" }], links: [{ span_id: "CQkJCQkJCQk=" }], status: { code: 2, message: "no luck" } });
    expect(span && toSpanRow(span)).toMatchObject({ traceId: "tr-000102030405060708090a0b0c0d0e0f", spanId: "0101010101010101", parentId: null, status: "ERROR", startNs: 1_700_000_000_000_000_000n });
  });

  test("that are cut off, or no protobuf at all, are refused and never crash", () => {
    const whole = requestOf(spanOf(attribute("a", field(1, text("b")))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        decodeSpans(bytes).flatMap(({ spans }) => spans.map(toSpanRow));
      } catch (error) {
        if (!isAppError(error) || error.kind !== "invalid") throw error;
      }
    }), { numRuns: 2_000 });
    for (let length = 1; length < whole.length; length += 1) expect(() => decodeSpans(whole.subarray(0, length))).toThrow(/Invalid OpenTelemetry format/);
  });

  test("nested deeper than any honest value are refused", () => {
    let value = field(1, text("x"));
    for (let depth = 0; depth <= otlpLimits.depth; depth += 1) value = field(5, field(1, value));
    expect(() => decodeSpans(requestOf(spanOf(attribute("deep", value))))).toThrow(/nested deeper/);
  });

  test.each([["a trace id", [...field(1, [1]), ...field(2, traceId.slice(0, 8))]], ["a span id", [...field(1, traceId), ...field(2, [1])]], ["a time", [...spanOf([]), ...fixed64(7, 2n ** 63n)]]])("without %s that fits are refused", (_, span) => {
    expect(() => decodeSpans(requestOf(span)).flatMap(({ spans }) => spans.map(toSpanRow))).toThrow(/Invalid OpenTelemetry format/);
  });
});

describe("spans in OTLP's JSON", () => {
  const wrap = (span: unknown): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });

  test("mean the same as in protobuf", () => {
    const span = { traceId: Buffer.from(traceId).toString("hex"), spanId: "0101010101010101", name: "a", startTimeUnixNano: "5", attributes: [{ key: "n", value: { intValue: 7 } }, { key: "m", value: { kvlistValue: { values: [{ key: "x", value: { doubleValue: "NaN" } }] } } }] };
    const [group] = readSpansOfJson(wrap(span));
    expect(group?.spans[0]).toMatchObject({ trace_id: Buffer.from(traceId).toString("base64"), start_time_unix_nano: "5", attributes: [{ key: "n", value: { int_value: "7" } }, { key: "m", value: { kvlist_value: { values: [{ key: "x", value: { double_value: "NaN" } }] } } }] });
  });

  test.each(["{", "[]", '{"resourceSpans":1}', wrap({ traceId: "zz" }), wrap({ attributes: [1] }), wrap({ startTimeUnixNano: "a" }), wrap({ attributes: [{ key: "a", value: { intValue: 1.5 } }] }), wrap({ attributes: [{ key: "a", value: { doubleValue: "x" } }] })])("%s is refused", (body) => {
    expect(() => readSpansOfJson(body)).toThrow(/Invalid OpenTelemetry format/);
  });
});

describe("a trace told by spans", () => {
  const span = (name: string, parent: string | undefined, start: number, end: number, code = 0) => ({ trace_id: Buffer.from(traceId).toString("base64"), span_id: "AQEBAQEBAQE=", ...(parent ? { parent_span_id: parent } : {}), name, start_time_unix_nano: `${start}000000`, end_time_unix_nano: `${end}000000`, status: { code } });

  test("takes its times from all of them, and the rest from the root", () => {
    const root = { ...span("root", undefined, 100, 400, 2), attributes: [{ key: "mlflow.spanInputs", value: { string_value: "why?" } }, { key: "mlflow.traceTag.team", value: { string_value: "risk" } }] };
    expect(summarize([span("child", "AQEBAQEBAQE=", 90, 500), root], [{ key: "service.name", value: { string_value: "shop" } }, { key: "mlflow.hidden", value: { string_value: "x" } }])).toEqual({
      requestTime: 90, durationMs: 410, state: "ERROR", requestPreview: "why?", responsePreview: null, tags: { "service.name": "shop", "mlflow.traceName": "root", team: "risk" }, metadata: {},
    });
  });

  test("is in progress until its root has come", () => {
    expect(summarize([span("child", "AQEBAQEBAQE=", 90, 0)], [])).toMatchObject({ state: "IN_PROGRESS", durationMs: null, tags: {} });
    expect(tracesOf([{ resource: [], spans: [span("a", undefined, 1, 2), span("b", undefined, 1, 2)] }])).toHaveLength(1);
  });
});

test("texts are made storable: no NUL, no half of a pair", () => {
  expect(toStorable("a\0b\ud800c😀")).toBe("a\u{FFFD}b\u{FFFD}c😀");
  expect(toStorableJson({ "k\0": ["\udc00", 1, null] })).toEqual({ "k\u{FFFD}": ["\u{FFFD}", 1, null] });
});
