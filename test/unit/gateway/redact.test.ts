import { expect, test } from "vitest";

import { readTensors } from "@/lib/inference";
import { sensitiveFields } from "@/lib/inference/signature";
import { storableBodies } from "@/workers/gateway/log/encode";
import { redactRequest, redactResponse } from "@/workers/gateway/log/redact";

const request = (inputs: unknown, more: object = {}): Buffer => Buffer.from(JSON.stringify({ id: "r1", inputs, ...more }));
const parse = (body: Buffer | null): unknown => body && JSON.parse(body.toString());
const flat = { name: "x", shape: [2, 3], datatype: "FP32", data: [1, 2, 3, 4, 5, 6] };

test("takes columns out of flat and nested tensors, and whole tensors", () => {
  expect(parse(redactRequest(request([flat]), [{ name: "x", columns: [1] }]))).toEqual({ id: "r1", inputs: [{ ...flat, data: [1, null, 3, 4, null, 6], redacted: [1] }] });
  const nested = { ...flat, data: [[1, 2, 3], [4, 5, 6]] };
  expect(parse(redactRequest(request([nested]), [{ name: "x", columns: [0, 2] }]))).toEqual({ id: "r1", inputs: [{ ...nested, data: [[null, 2, null], [null, 5, null]], redacted: [0, 2] }] });
  expect(parse(redactRequest(request([flat]), [{ name: "x" }]))).toEqual({ id: "r1", inputs: [{ ...flat, data: null, redacted: true }] });
});

test("keeps nothing that could carry a value elsewhere", () => {
  const secret = "4929-1234";
  const stored = redactRequest(request([{ ...flat, parameters: { note: secret } }], { parameters: { note: secret }, extra: secret }), [{ name: "x", columns: [1] }]);
  expect(stored?.toString()).not.toContain(secret);
});

test.each([
  ["not JSON", Buffer.from("{")],
  ["the sensitive tensor under another name", request([{ ...flat, name: "X" }])],
  ["the sensitive tensor twice", request([flat, flat])],
  ["inputs that are not a list", request({ x: [1] })],
  ["nothing", Buffer.alloc(0)],
  ["a body too large to parse", Buffer.from(JSON.stringify({ inputs: [{ ...flat, data: new Array(400_000).fill(123) }] }))],
])("stores nothing of %s", (_name, body) => {
  expect(redactRequest(body, [{ name: "x", columns: [0] }])).toBeNull();
});

test("hides a whole tensor whose columns can't be counted", () => {
  expect(parse(redactRequest(request([{ name: "x", datatype: "FP32", shape: [0], data: [1] }]), [{ name: "x", columns: [0] }]))).toMatchObject({ inputs: [{ data: null, redacted: true }] });
});

test("redacts outputs, and keeps no error text beside sensitive fields", () => {
  const response = Buffer.from(JSON.stringify({ model_name: "m", outputs: [{ name: "p", shape: [1, 2], datatype: "FP32", data: [0.1, 0.9] }] }));
  expect(parse(redactResponse(response, [{ name: "p" }]))).toMatchObject({ model_name: "m", outputs: [{ name: "p", data: null, redacted: true }] });
  const sensitive = { inputs: [{ name: "x", columns: [0] }], outputs: [] };
  const refused = storableBodies({ request: request([flat]), response: Buffer.from('{"error":"bad value 4929"}'), sensitive, isTruncated: false }, 400);
  expect(refused).toMatchObject({ response: null, isRedacted: true });
  expect(storableBodies({ request: Buffer.from("{"), response: Buffer.from('{"error":"x"}'), sensitive, isTruncated: false }, 400)).toBeNull();
});

test("cuts bodies at 64 KB and says so", () => {
  const stored = storableBodies({ request: Buffer.alloc(70_000, 97), response: Buffer.from("b"), sensitive: null, isTruncated: false }, 200);
  expect([stored?.request?.length, stored?.isTruncated, stored?.isRedacted]).toEqual([65_536, true, false]);
});

test("reads what is sensitive out of stored signatures; the strictest version counts", () => {
  const first = { inputs: [{ name: "x", sensitive: [2] }, { name: "y" }], outputs: [{ name: "p", sensitive: true }] };
  const second = { inputs: [{ name: "x", sensitive: [0, 2] }], outputs: [] };
  expect(sensitiveFields([first, second, null])).toEqual({ inputs: [{ name: "x", columns: [0, 2] }], outputs: [{ name: "p" }] });
  expect(sensitiveFields([first, { inputs: [{ name: "x", sensitive: true }] }]).inputs).toEqual([{ name: "x" }]);
});

test("shows stored tensors row by row, with what was taken out marked", () => {
  const text = JSON.stringify({ inputs: [{ name: "x", shape: [2, 2], datatype: "FP32", data: [1, null, 3, null], redacted: [1] }, { name: "y", shape: [1], datatype: "BYTES", data: null, redacted: true }] });
  const [x, y] = readTensors({ form: "json", text }, "inputs") ?? [];
  expect(x?.rows).toEqual([[{ text: "1", isRedacted: false }, { text: "null", isRedacted: true }], [{ text: "3", isRedacted: false }, { text: "null", isRedacted: true }]]);
  expect(y).toMatchObject({ isRedacted: true, rows: [] });
  expect(readTensors({ form: "json", text: '{"error":"no"}' }, "inputs")).toBeNull();
  expect(readTensors({ form: "json", text: JSON.stringify({ inputs: [{ name: "x", shape: [600], datatype: "FP32", data: new Array(600).fill(0) }] }) }, "inputs")?.[0]?.hiddenCells).toBe(88);
});
