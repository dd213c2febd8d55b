import { describe, expect, it } from "vitest";

import { codesOf, inspectMemory } from "./memory-bundle";
import { bytes, externalTensor, float, int, join, message, model, node, opset, port, rawTensor, tensorType, text } from "../../support/onnx-writer";

describe("what an ONNX file says about itself", () => {
  it("reads producer, opsets, ports, operators, parameters and metadata", async () => {
    const result = await inspectMemory({ "model.onnx": model({ nodes: [node("MatMul"), node("Softmax"), node("MatMul")], inputs: [port(11, "x", tensorType(1, ["N", 4])), port(11, "w", tensorType(1, [4, 2]))] }) });
    expect(result.verdict).toBe("clean");
    expect(result.format).toBe("onnx");
    expect(result.summary).toMatchObject({
      path: "model.onnx",
      irVersion: 8,
      producer: { name: "writer", version: "1.0" },
      modelVersion: 3,
      opsets: [{ domain: "ai.onnx", version: 17 }],
      graphName: "graph",
      operators: [{ domain: "ai.onnx", type: "MatMul", count: 2 }, { domain: "ai.onnx", type: "Softmax", count: 1 }],
      parameterCount: 8,
      metadata: { author: "test" },
    });
    expect(result.signature?.inputs).toEqual([{ name: "x", kind: "tensor", datatype: "FP32", shape: [null, 4], dimensionNames: ["N", null] }]);
    expect(result.signature?.outputs).toEqual([{ name: "y", kind: "tensor", datatype: "FP32", shape: [null, 2], dimensionNames: ["N", null] }]);
  });

  it("skips weights instead of reading them", async () => {
    const reads = { count: 0, bytes: 0 };
    const size = 8 * 2 ** 20;
    const result = await inspectMemory({ "model.onnx": model({ initializers: [rawTensor("w", [size / 4], new Uint8Array(size))] }) }, undefined, reads);
    expect(result.summary?.parameterCount).toBe(size / 4);
    expect(reads.bytes).toBeLessThan(100_000);
  });

  it("counts the numbers of a forest that arrive one field each", async () => {
    const attribute = join(text(1, "nodes_values"), ...Array.from({ length: 100_000 }, (_, index) => float(7, index)), ...Array.from({ length: 50_000 }, (_, index) => int(8, index - 100)), int(20, 6));
    const result = await inspectMemory({ "model.onnx": model({ nodes: [node("TreeEnsembleClassifier", { domain: "ai.onnx.ml", attributes: [attribute] })], opsets: [opset("", 17), opset("ai.onnx.ml", 3)] }) });
    expect(result.verdict).toBe("clean");
    expect(result.summary?.parameterCount).toBe(100_008);
  });

  it("names a ZipMap and sequence, map and optional types", async () => {
    const mapType = message(5, int(1, 7), bytes(2, tensorType(1, [])));
    const result = await inspectMemory({ "model.onnx": model({ outputs: [port(12, "label", tensorType(7, ["N"])), port(12, "probabilities", message(4, bytes(1, mapType))), port(12, "maybe", message(9, bytes(1, tensorType(1, [2]))))] }) });
    expect(result.signature?.outputs.map(({ kind, datatype }) => [kind, datatype])).toEqual([["tensor", "INT64"], ["sequence", "sequence(map(INT64, FP32))"], ["optional", "optional(FP32)"]]);
    expect(codesOf(result)).toEqual(["onnx.zipmap", "onnx.output_kind"]);
    expect(result.verdict).toBe("clean");
  });

  it("finds operators and external data in subgraphs and functions", async () => {
    const body = join(node("Evil", { domain: "acme" }), text(2, "body"), bytes(5, externalTensor("hidden", [2], { location: "../../etc/passwd" })));
    const defined = message(25, text(1, "Swish"), message(7, text(4, "Mul")), text(10, "local"));
    const result = await inspectMemory({ "model.onnx": model({ nodes: [node("If", { attributes: [join(text(1, "then_branch"), bytes(6, body))] }), node("Swish", { domain: "local" })], opsets: [opset("", 17), opset("acme", 1), opset("local", 1)], extra: [defined] }) });
    expect(codesOf(result)).toEqual(["onnx.external_escape", "onnx.custom_operators"]);
    expect(result.findings[1]?.message).toContain("acme");
    expect(result.findings[1]?.message).not.toContain("local");
    expect(result.verdict).toBe("refused");
  });

  it("leaves a custom domain to a person and mentions training information", async () => {
    const result = await inspectMemory({ "model.onnx": model({ nodes: [node("Foo", { domain: "acme" })], opsets: [opset("", 17), opset("acme", 1)], extra: [message(20, message(2, text(2, "training")))] }) });
    expect(result.verdict).toBe("unverified");
    expect(codesOf(result)).toEqual(["onnx.custom_operators", "onnx.training_info"]);
  });
});

describe("external data", () => {
  const withWeights = (entries: Record<string, string>, more: Record<string, Uint8Array> = {}) => inspectMemory({ "a/model.onnx": model({ initializers: [externalTensor("w", [4, 2], entries)] }), ...more });
  const weights = { "a/weights.bin": new Uint8Array(64) };

  it.each(["../secret", "/etc/passwd", "a/../../b", "..", "c:\\windows", "a\\b", "C:/x", "w\0.bin", "", "*/_ORT_MEM_ADDR_/*"])("refuses the location %j", async (location) => {
    const result = await withWeights({ location });
    expect(result.verdict).toBe("refused");
    expect(codesOf(result)).toEqual(["onnx.external_escape"]);
  });

  it("refuses a file that is not in the bundle and ranges beyond its end", async () => {
    expect(codesOf(await withWeights({ location: "other.bin" }, weights))).toEqual(["onnx.external_missing"]);
    expect(codesOf(await withWeights({ location: "weights.bin", offset: "40" }, weights))).toEqual(["onnx.external_range"]);
    expect(codesOf(await withWeights({ location: "weights.bin", offset: "-8" }, weights))).toEqual(["onnx.external_range"]);
    expect(codesOf(await withWeights({ location: "weights.bin", length: "99999999999999999999" }, weights))).toEqual(["onnx.external_range"]);
    expect(codesOf(await withWeights({ location: "weights.bin", length: "16" }, weights))).toEqual(["onnx.tensor_size"]);
    expect(codesOf(await withWeights({ offset: "0" }, weights))).toEqual(["onnx.external_location"]);
  });

  it("accepts data beside the model, relative to its folder", async () => {
    const result = await withWeights({ location: "./weights.bin", offset: "32", length: "32" }, weights);
    expect(result.verdict).toBe("clean");
    expect(result.summary?.externalData).toEqual([{ path: "a/weights.bin", offset: 32, length: 32 }]);
  });
});

describe("what is refused", () => {
  it.each([
    ["no IR version", join(text(2, "p"), message(7, port(12, "y", tensorType(1, [1])))), "onnx.no_ir_version"],
    ["no graph", join(int(1, 8), opset("", 17)), "onnx.no_graph"],
    ["no opset", model({ opsets: [] }), "onnx.no_opset"],
    ["no outputs", model({ outputs: [] }), "onnx.no_outputs"],
    ["two graphs", join(model(), message(7, text(2, "second"))), "onnx.malformed"],
    ["an unknown field at the end", join(model(), text(99, "garbage")), "onnx.unknown_field"],
    ["garbage at the end", join(model(), new TextEncoder().encode("trailing garbage")), "onnx.malformed"],
    ["NULs at the end", join(model(), new Uint8Array(16)), "onnx.malformed"],
    ["a tensor of the wrong size", model({ initializers: [rawTensor("w", [4, 3], new Uint8Array(32))] }), "onnx.tensor_size"],
    ["a negative dimension", model({ initializers: [rawTensor("w", [-4], new Uint8Array(0))] }), "onnx.malformed"],
    ["an impossible dimension", model({ initializers: [rawTensor("w", [2 ** 40, 2 ** 40], new Uint8Array(0))] }), "onnx.malformed"],
    ["an unknown element type", model({ initializers: [rawTensor("w", [1], new Uint8Array(4), 77)] }), "onnx.malformed"],
    ["an operator set that is not imported", model({ nodes: [node("Scaler", { domain: "ai.onnx.ml" })] }), "onnx.opset_missing"],
    ["two inputs of one name", model({ inputs: [port(11, "x", tensorType(1, [1])), port(11, "x", tensorType(1, [1]))] }), "onnx.duplicate_port"],
    ["a name that is not UTF-8", model({ nodes: [message(1, bytes(4, Uint8Array.of(0xff, 0xfe)))] }), "onnx.malformed"],
    ["a name that is too long", model({ nodes: [node("x".repeat(5_000))] }), "onnx.name_too_long"],
  ])("%s", async (_, file, code) => {
    const result = await inspectMemory({ "model.onnx": file });
    expect(result.verdict).toBe("refused");
    expect(codesOf(result)).toContain(code);
    expect(result.findings[0]?.message).toMatch(/[.]$/);
  });
});
