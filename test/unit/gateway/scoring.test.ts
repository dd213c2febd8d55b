import { describe, expect, it } from "vitest";

import type { ScoringSpec, ServedVersion, TensorSpec } from "@/lib/inference/data-plane";
import { hasDecimals, parseExact, stringifyExact } from "@/workers/gateway/exact-json";
import { toInferenceRequest } from "@/workers/gateway/mlflow-scoring";
import { toInferenceAnswer, toInferenceError } from "@/workers/gateway/scoring-answer";
import { ScoringError } from "@/workers/gateway/scoring-error";
import { toScoringRequest } from "@/workers/gateway/scoring-request";

const column = (name: string, datatype: string): TensorSpec => ({ name, datatype, shape: [-1] });
const version = (inputs: TensorSpec[], scoring: Partial<ScoringSpec> = {}): ServedVersion => ({ versionId: "00000000-0000-7000-8000-000000000001", modelName: "ver_x", inputs, scoring: { url: "http://127.0.0.1:5001", form: "columns", outputs: [], params: [], optional: [], ...scoring } });
const ask = (served: ServedVersion, document: unknown): string => toScoringRequest(Buffer.from(typeof document === "string" ? document : JSON.stringify(document)), served).body.toString();
const answer = (served: ServedVersion, text: string, id: string | null = null): unknown => {
  const body = toInferenceAnswer(Buffer.from(text), served, { name: "e", id });
  return body && (JSON.parse(body.toString()) as { outputs: unknown }).outputs;
};
const tensor = (name: string, datatype: string, data: unknown[], shape = [data.length]) => ({ name, datatype, shape, data });

describe("a request of the protocol for a scoring server", () => {
  const all = version([column("b", "BOOL"), column("i", "INT32"), column("l", "INT64"), column("f", "FP32"), column("d", "FP64"), column("s", "BYTES"), column("n", "array(string)")], { optional: ["n"], params: ["temperature"] });

  it("becomes rows of a data frame, whatever the datatypes", () => {
    const inputs = [tensor("s", "BYTES", ["é\"", "NaN"]), tensor("b", "BOOL", [true, false]), tensor("i", "INT32", [-1, 2], [2, 1]), tensor("l", "INT64", [1, 2]), tensor("f", "FP32", ["NaN", null]), tensor("d", "FP64", ["-Infinity", 1e-300]), tensor("n", "BYTES", ['["a"]', "[]"])];
    expect(ask(all, { id: "x", inputs, parameters: { temperature: 0.5, other: 1 } })).toBe(
      '{"dataframe_split":{"columns":["b","i","l","f","d","s","n"],"data":[[true,-1,1,NaN,-Infinity,"é\\"",["a"]],[false,2,2,NaN,1e-300,"NaN",[]]]},"params":{"temperature":0.5}}',
    );
    expect(toScoringRequest(Buffer.from(JSON.stringify({ id: "x", inputs })), all).id).toBe("x");
  });

  it("keeps every digit of 64-bit integers", () => {
    expect(ask(version([column("l", "INT64")]), '{"inputs":[{"name":"l","shape":[2],"datatype":"INT64","data":[9223372036854775807, -9007199254740993]}]}')).toContain("[[9223372036854775807],[-9007199254740993]]");
  });

  it("takes a table in one tensor, in the order of the columns", () => {
    expect(ask(version([column("a", "FP64"), column("b", "FP64")]), { inputs: [tensor("input", "FP64", [1, 2, 3, "NaN"], [2, 2])] })).toBe('{"dataframe_split":{"columns":["a","b"],"data":[[1,2],[3,NaN]]}}');
  });

  it("becomes tensors where the signature has them, or none is there", () => {
    const unnamed = version([{ name: "input", datatype: "FP32", shape: [-1, 2, 2] }], { form: "tensors" });
    expect(ask(unnamed, { inputs: [tensor("x", "FP32", [1, 2, 3, 4], [1, 2, 2])] })).toBe('{"inputs":[[[1,2],[3,4]]]}');
    expect(ask(version([], { form: null }), { inputs: [tensor("x", "FP64", [[1, 2]], [1, 2])] })).toBe('{"inputs":[[1,2]]}');
    const named = version([{ name: "a", datatype: "FP32", shape: [-1, 1] }, { name: "b", datatype: "INT64", shape: [-1] }], { form: "tensors" });
    expect(ask(named, { inputs: [tensor("a", "FP32", [1], [1, 1]), tensor("b", "INT64", [2])] })).toBe('{"inputs":{"a":[[1]],"b":[2]}}');
    expect(() => ask(named, { inputs: [tensor("a", "FP32", [1], [1, 1])] })).toThrow(/"b" is missing/);
  });

  it.each([
    ["not JSON", "nothing"],
    ["no inputs", {}],
    ["no shape", { inputs: [{ name: "b", data: [1] }] }],
    ["too few values", { inputs: [tensor("b", "BOOL", [true], [2])] }],
    ["a missing column", { inputs: [tensor("b", "BOOL", [true])] }],
    ["an unknown input", { inputs: [tensor("zzz", "FP64", [1])] }],
    ["binary data", { inputs: [{ name: "b", shape: [1], datatype: "BOOL", parameters: { binary_data_size: 1 } }] }],
    ["nesting without end", `{"inputs":[{"name":"b","shape":[1],"datatype":"BOOL","data":${"[".repeat(200_000)}${"]".repeat(200_000)}}]}`],
  ])("says what is wrong: %s", (_what, document) => expect(() => ask(all, document)).toThrow(ScoringError));

  it("refuses columns of different length, matrices as columns, and nested values that are no JSON", () => {
    const two = version([column("a", "FP64"), column("b", "array(long)")]);
    expect(() => ask(two, { inputs: [tensor("a", "FP64", [1, 2]), tensor("b", "BYTES", ["[]"])] })).toThrow(/same number of rows/);
    expect(() => ask(two, { inputs: [tensor("a", "FP64", [1, 2, 3, 4], [2, 2]), tensor("b", "BYTES", ["[]", "[]"])] })).toThrow(/\[n\] or \[n, 1\]/);
    expect(() => ask(two, { inputs: [tensor("a", "FP64", [1]), tensor("b", "BYTES", ["{"])] })).toThrow(/JSON text/);
  });
});

describe("an answer of a scoring server for a client of the protocol", () => {
  const out = (name: string, datatype: string, shape = [-1]): TensorSpec => ({ name, datatype, shape });
  const one = (datatype: string): ServedVersion => version([], { outputs: [out("predictions", datatype)] });

  it.each([
    ["INT64", '{"predictions": [1, -9223372036854775808]}', "INT64", [1, -9223372036854775808]],
    ["INT32", '{"predictions": [true, 0]}', "INT32", [1, 0]],
    ["FP64", '{"predictions": [1.0, NaN, -Infinity, null, Infinity]}', "FP64", [1, "NaN", "-Infinity", "NaN", "Infinity"]],
    ["FP32", '{"predictions": [1, 2]}', "FP32", [1, 2]],
    ["BOOL", '{"predictions": [true]}', "BOOL", [true]],
    ["BYTES", '{"predictions": ["NaN", "é", null]}', "BYTES", ["NaN", "é", null]],
    // What the signature promises and the model doesn't keep.
    ["INT64", '{"predictions": [1.5]}', "FP64", [1.5]],
    ["FP64", '{"predictions": ["cat"]}', "BYTES", ["cat"]],
  ])("gives %s for %s", (promised, text, datatype, data) => {
    expect(answer(one(promised), text)).toEqual([{ name: "predictions", shape: [data.length], datatype, data }]);
  });

  it("keeps digits and echoes name and id", () => {
    const body = toInferenceAnswer(Buffer.from('{"predictions": [9223372036854775807]}'), one("INT64"), { name: "fraud", id: "c-1" });
    expect(body?.toString()).toBe('{"model_name":"fraud","id":"c-1","outputs":[{"name":"predictions","shape":[1],"datatype":"INT64","data":[9223372036854775807]}]}');
  });

  it("infers what no signature says: a point makes a float, of 1.0 too", () => {
    const none = version([], { form: null });
    expect(answer(none, '{"predictions": [1, 2]}')).toMatchObject([{ datatype: "INT64" }]);
    expect(answer(none, '{"predictions": [1.0, 2.0]}')).toMatchObject([{ datatype: "FP64" }]);
    expect(answer(none, '{"predictions": [[0.5, 0.5], [1, 0]]}')).toEqual([{ name: "predictions", shape: [2, 2], datatype: "FP64", data: [0.5, 0.5, 1, 0] }]);
    expect(answer(none, '{"predictions": ["a", 1]}')).toEqual([{ name: "predictions", shape: [2], datatype: "BYTES", data: ["a", "1"] }]);
    expect(answer(none, '{"predictions": []}')).toMatchObject([{ shape: [0], data: [] }]);
    expect(answer(none, '{"predictions": "text"}')).toEqual([{ name: "predictions", shape: [1], datatype: "BYTES", data: ["text"] }]);
  });

  it("takes records and objects apart by column", () => {
    const served = version([], { outputs: [out("a", "FP64"), out("b", "BYTES")] });
    expect(answer(served, '{"predictions": [{"a": 1.5, "b": "x"}, {"a": NaN, "b": "y"}]}')).toEqual([
      { name: "a", shape: [2], datatype: "FP64", data: [1.5, "NaN"] },
      { name: "b", shape: [2], datatype: "BYTES", data: ["x", "y"] },
    ]);
    expect(answer(served, '{"predictions": {"a": [[1.5], [2.5]], "b": ["x", "y"]}}')).toMatchObject([{ name: "a", shape: [2, 1] }, { name: "b", shape: [2] }]);
    expect(answer(served, '{"predictions": [[1.5, "x"], [2, "y"]]}')).toMatchObject([{ name: "a", data: [1.5, 2] }, { name: "b", data: ["x", "y"] }]);
  });

  it("writes what no tensor holds as JSON text", () => {
    expect(answer(version([], { outputs: [out("predictions", "array(object(k: long))", [])] }), '{"predictions": [[{"k": 1}], []]}')).toEqual([{ name: "predictions", shape: [2], datatype: "BYTES", data: ['[{"k":1}]', "[]"] }]);
    expect(answer(version([], { form: null }), '{"predictions": [[1], [2, 3]]}')).toEqual([{ name: "predictions", shape: [2], datatype: "BYTES", data: ["[1]", "[2,3]"] }]);
  });

  it.each(["", "nothing", "[]", "{}", '{"predictions": [', `{"predictions": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`])("is none in %.20s", (text) => expect(answer(version([], { form: null }), text)).toBeUndefined());

  it("puts errors in the protocol's form", () => {
    expect(toInferenceError(Buffer.from('{"error_code": "BAD_REQUEST", "message": "no column a"}')).toString()).toBe('{"error":"no column a"}');
    expect(toInferenceError(Buffer.from('{"detail": [1]}')).toString()).toBe('{"error":"[1]"}');
    expect(toInferenceError(Buffer.from("<html>")).toString()).toBe("<html>");
  });
});

describe("numbers on their way", () => {
  it("leaves texts alone", () => {
    const text = '{"a":"NaN, Infinity 12345678901234567890 \\" -Infinity","b":0.12345678901234567890,"c":1e20,"d":[NaN,-Infinity,12345678901234567890]}';
    expect(stringifyExact(parseExact(text))).toBe('{"a":"NaN, Infinity 12345678901234567890 \\" -Infinity","b":0.12345678901234568,"c":100000000000000000000,"d":[NaN,-Infinity,12345678901234567890]}');
    expect([hasDecimals('["1.5",1]'), hasDecimals("[1.0]"), hasDecimals("[1e5]")]).toEqual([false, true, true]);
  });

  it("logs a data frame as the protocol's tensors: one value a row where that is the column's rank", () => {
    const body = Buffer.from(JSON.stringify({ dataframe_split: { columns: ["a", "b"], data: [[1, "x"], [2, "y"]] } }));
    expect(JSON.parse(toInferenceRequest(body, [column("a", "FP64"), column("b", "BYTES"), column("c", "FP64")], ["c"]).toString())).toEqual({ inputs: [tensor("a", "FP64", [1, 2]), tensor("b", "BYTES", ["x", "y"])].map(({ name, datatype, shape, data }) => ({ name, shape, datatype, data })) });
  });
});
