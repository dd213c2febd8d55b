import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { codesOf, inspectMemory } from "./memory-bundle";
import { type Bytes, bytes, externalTensor, int, join, message, model, node, opset, port, rawTensor, tensorType, text, varint } from "../../support/onnx-writer";

const whole = model({
  nodes: [node("If", { attributes: [join(text(1, "then_branch"), bytes(6, join(node("Relu"), text(2, "body"))))] }), node("Constant", { attributes: [join(text(1, "value"), bytes(5, rawTensor("c", [2], new Uint8Array(8))))] })],
  initializers: [rawTensor("w", [4, 2], new Uint8Array(32)), externalTensor("e", [2], { location: "w.bin", offset: "0", length: "8" })],
  inputs: [port(11, "x", tensorType(1, ["N", 4]))],
  outputs: [port(12, "p", message(4, bytes(1, message(5, int(1, 7), bytes(2, tensorType(1, [])))))), port(12, "y", tensorType(7, ["N"]))],
  opsets: [opset("", 17), opset("ai.onnx.ml", 3)],
  extra: [message(25, text(1, "F"), message(7, text(4, "Mul")), text(10, "local"))],
});
const weights = new Uint8Array(8);

describe("damaged files", () => {
  it("inspects the whole file as clean", async () => {
    expect((await inspectMemory({ "model.onnx": whole, "w.bin": weights })).findings.map((finding) => finding.severity)).toEqual(["info"]);
  });

  it("never throws and never calls a file clean that lost its end inside the graph or before its operator sets", async () => {
    const start = whole.length - join(opset("", 17), opset("ai.onnx.ml", 3), message(14, text(1, "author"), text(2, "test")), message(25, text(1, "F"), message(7, text(4, "Mul")), text(10, "local"))).length;
    for (let length = 0; length < whole.length; length++) {
      const result = await inspectMemory({ "model.onnx": whole.slice(0, length), "w.bin": weights });
      if (length <= start) expect(result.verdict).toBe("refused");
      expect(result.verdict === "refused" || result.summary !== null).toBe(true);
    }
  });

  it("survives any change of any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }), async (changes) => {
        const file = whole.slice();
        for (const [at, value] of changes) file[at] = value;
        const result = await inspectMemory({ "model.onnx": file, "w.bin": weights });
        expect(result.verdict === "refused" || result.summary !== null).toBe(true);
        for (const { path } of result.summary?.externalData ?? []) expect(path).toBe("w.bin");
      }),
      { numRuns: 1_500 },
    );
  });

  it("survives bytes inserted, removed and made up", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(20), fc.uint8Array({ maxLength: 40 }), async (at, removed, inserted) => {
        await inspectMemory({ "model.onnx": join(whole.slice(0, at), inserted, whole.slice(at + removed)) });
        await inspectMemory({ "model.onnx": join(Uint8Array.of(8, 8), inserted) });
        await inspectMemory({ MLmodel: inserted, "model.onnx": whole });
      }),
      { numRuns: 700 },
    );
  });
});

/** Runs an adversarial file and fails when it takes long: the bound is generous because machines differ, an unbounded reader takes minutes. */
const inspectFast = async (file: Bytes): Promise<string[]> => {
  const started = performance.now();
  const result = await inspectMemory({ "model.onnx": file });
  expect(performance.now() - started).toBeLessThan(5_000);
  return codesOf(result);
};

const repeat = (part: Bytes, totalBytes: number): Bytes => {
  const count = Math.floor(totalBytes / part.length);
  const file = new Uint8Array(count * part.length);
  for (let index = 0; index < count; index++) file.set(part, index * part.length);
  return file;
};

describe("a megabyte made to hurt", () => {
  const megabyte = 2 ** 20;

  it("graphs within graphs", async () => {
    let graph: Bytes = node("Relu");
    for (let depth = 0; depth < 500; depth++) graph = node("If", { attributes: [bytes(6, graph)] });
    expect(await inspectFast(model({ nodes: [graph] }))).toEqual(["onnx.too_large"]);
  });

  it("types within types", async () => {
    let type: Bytes = tensorType(1, []);
    for (let depth = 0; depth < 1_000; depth++) type = message(4, bytes(1, type));
    expect(await inspectFast(model({ outputs: [port(12, "y", type)] }))).toEqual(["onnx.too_large"]);
  });

  it("lengths and counts beyond the file", async () => {
    expect(await inspectFast(join(int(1, 8), varint(7 * 8 + 2), varint(2 ** 40), new Uint8Array(100)))).toEqual(["onnx.truncated"]);
    expect(await inspectFast(join(int(1, 8), varint(7 * 8 + 2), varint(-1)))).toEqual(["onnx.truncated"]);
    expect(await inspectFast(join(int(1, 8), varint(7 * 8 + 2), new Uint8Array(20).fill(0xff)))).toEqual(["onnx.malformed"]);
    expect(await inspectFast(model({ initializers: [join(bytes(1, new Uint8Array(1_000).fill(1)), int(2, 1))] }))).toEqual(["onnx.too_large"]);
  });

  it("half a million tiny members of each kind", async () => {
    const oneNode = Uint8Array.of(0x0a, 0);
    expect(await inspectFast(model({ nodes: [repeat(oneNode, megabyte)] }))).toContain("onnx.no_operator");
    expect(await inspectFast(model({ initializers: [repeat(Uint8Array.of(0x08, 1), megabyte)] }))).toEqual(["onnx.too_large"]);
    expect(await inspectFast(model({ outputs: [repeat(Uint8Array.of(0x62, 0), megabyte)] }))).toEqual(["onnx.too_large"]);
    expect(await inspectFast(model({ opsets: [repeat(opset("a", 1), megabyte)] }))).toContain("onnx.opset_missing");
    expect(await inspectFast(join(int(1, 8), repeat(Uint8Array.of(0x28, 1), megabyte)))).toContain("onnx.no_graph");
    expect(await inspectFast(model({ nodes: [node("F", { attributes: [repeat(Uint8Array.of(0x40, 1), megabyte)] })] }))).toEqual([]);
    expect(await inspectFast(join(model(), repeat(message(14, text(1, "k"), text(2, "v")), megabyte)))).toEqual(["onnx.metadata_cut"]);
    const distinct = Array.from({ length: 5_000 }, (_, index) => node(`Op${index}`));
    expect(await inspectFast(model({ nodes: distinct }))).toEqual(["onnx.too_large"]);
  });

  it("metadata beyond what is kept, with names that objects have", async () => {
    const entries = ["__proto__", "constructor", ...Array.from({ length: 400 }, (_, index) => `k${index}`)].map((key) => message(14, text(1, key), text(2, "v".repeat(100))));
    const result = await inspectMemory({ "model.onnx": join(model(), ...entries) });
    expect(codesOf(result)).toEqual(["onnx.metadata_cut"]);
    expect(Object.keys(result.summary?.metadata ?? {})).toHaveLength(200);
    expect(Object.keys(result.summary?.metadata ?? {})).toContain("constructor");
    expect(({} as Record<string, unknown>)["v"]).toBeUndefined();
  });
});
