import { describe, expect, it } from "vitest";

import { featuresOf, type Port } from "@/lib/inspection";
import { codesOf, inspectMemory } from "./memory-bundle";
import { model, port, tensorType } from "../../support/onnx-writer";

const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const safetensors = latin('\x10\0\0\0\0\0\0\0{"a":{"dtype":1}}');
const pickle4 = latin("\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.");

describe("other files that are named .onnx", () => {
  it.each([
    ["a Python pickle", pickle4, "pickle"],
    ["a Python pickle", latin("cos\nsystem\n(S'id'\ntR."), "pickle"],
    ["a zip archive", latin("PK\x03\x04\x14\0\0\0"), "zip"],
    ["an HDF5 file", latin("\x89HDF\r\n\x1a\n\0\0"), "hdf5"],
    ["a safetensors file", safetensors, "safetensors"],
    ["an HTML page", latin("<!DOCTYPE html><html>"), "unknown"],
    ["a text file", latin("hello, this is my model\n"), "unknown"],
    ["a JSON document", latin('{"a": 1}'), "unknown"],
    ["a Git LFS pointer", latin("version https://git-lfs.github.com/spec/v1\noid sha256:"), "unknown"],
    ["an empty file", latin(""), "unknown"],
  ])("is refused as %s", async (what, content, format) => {
    const result = await inspectMemory({ "model.onnx": content });
    expect(result).toMatchObject({ verdict: "refused", format, summary: null, signature: null });
    expect(result.findings[0]?.message).toContain(`This is ${what}`);
  });
});

describe("bundles without ONNX", () => {
  it.each([
    ["model.pkl", pickle4, "pickle", "file.pickle"],
    ["weights/model.bin", pickle4, "pickle", "file.pickle"],
    ["model.joblib", latin("\x1f\x8b\x08\0"), "pickle", "file.pickle"],
    ["model.pt", latin("PK\x03\x04\x14\0"), "torch", "file.no_inspector"],
    ["model.safetensors", safetensors, "safetensors", "file.no_inspector"],
    ["model.txt", latin("tree\nversion=v4\n"), "lightgbm", "file.no_inspector"],
    ["model.json", latin('{"learner":{"attributes":{}}}'), "xgboost", "file.no_inspector"],
    ["saved_model.pb", latin("\x08\x01\x12\x02"), "savedmodel", "file.no_inspector"],
    ["readme.md", latin("# nothing"), "unknown", "bundle.no_model"],
  ])("%s is never clean", async (path, content, format, code) => {
    const result = await inspectMemory({ [path]: content });
    expect(result).toMatchObject({ verdict: "unverified", format, summary: null });
    expect(codesOf(result)).toEqual([code]);
  });

  it("keeps a pickle beside an ONNX model from being clean, another format not", async () => {
    expect((await inspectMemory({ "model.onnx": model(), "model.pkl": pickle4 })).verdict).toBe("unverified");
    expect((await inspectMemory({ "model.onnx": model(), "model.pt": latin("PK\x03\x04") })).verdict).toBe("clean");
  });
});

describe("the list of files", () => {
  it("refuses paths that lead out, with the reason", async () => {
    for (const path of ["../model.onnx", "/model.onnx", "a\\model.onnx", "a/../../model.onnx"]) expect(codesOf(await inspectMemory({ [path]: model() }))).toEqual(["bundle.path"]);
  });

  it("asks which model to serve when nothing says so", async () => {
    const result = await inspectMemory({ "a.onnx": model(), "b.onnx": model() });
    expect(result).toMatchObject({ verdict: "unverified", summary: null });
    expect(codesOf(result)).toEqual(["bundle.several_models"]);
    expect((await inspectMemory({ "a.onnx": model(), "model.onnx": model() })).summary?.path).toBe("model.onnx");
  });
});

describe("MLflow bundles", () => {
  const mlmodel = (data: string, inputs: unknown) =>
    `artifact_path: model\nflavors:\n  onnx:\n    data: ${data}\n    onnx_version: 1.19.0\n  python_function:\n    data: ${data}\n    loader_module: mlflow.onnx\n    python_version: 3.11.7\nmlflow_version: 3.5.0\nmodel_id: m-1\nrun_id: 0123\nsignature:\n  inputs: '${JSON.stringify(inputs)}'\n  outputs: null\n  params: null\nutc_time_created: '2026-11-20 10:00:00'\n`;
  const columns = ["a", "b", "c", "d"].map((name) => ({ type: "float", name, required: true }));

  it("serves the file of the onnx flavour and takes column names from the signature", async () => {
    const result = await inspectMemory({ "MLmodel": mlmodel("net.onnx", columns), "net.onnx": model(), "conda.yaml": "name: x\n", "requirements.txt": "onnx\n" });
    expect(result.verdict).toBe("clean");
    expect(result).toMatchObject({ summary: { path: "net.onnx" }, mlflow: { flavors: [{ name: "onnx", version: "1.19.0" }, { name: "python_function" }], mlflowVersion: "3.5.0", modelId: "m-1", pythonVersion: "3.11.7" } });
    expect(result.signature?.featureNames).toEqual(["a", "b", "c", "d"]);
  });

  it("reads tensor signatures and ignores names that do not fit", async () => {
    const tensor = await inspectMemory({ "m/MLmodel": mlmodel("model.onnx", [{ type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 4] } }]), "m/model.onnx": model() });
    expect(tensor.mlflow?.inputs).toEqual([{ name: null, type: "tensor(float32)", required: true, shape: [null, 4] }]);
    expect(tensor.signature?.featureNames).toBeNull();
    const short = await inspectMemory({ MLmodel: mlmodel("model.onnx", columns.slice(1)), "model.onnx": model() });
    expect(short.signature?.featureNames).toBeNull();
  });

  it.each(["../model.onnx", "/model.onnx", "missing.onnx"])("refuses the flavour's path %s", async (data) => {
    const result = await inspectMemory({ MLmodel: mlmodel(data, columns), "model.onnx": model() });
    expect(result.verdict).toBe("refused");
  });

  it("bounds YAML: aliases that multiply, nesting, not a mapping", async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `${"bcdefghijklm"[i] ?? ""}: &${"bcdefghijklm"[i] ?? ""} [${Array(8).fill(`*${"abcdefghijkl"[i] ?? ""}`).join(",")}]`).join("\n")}\n`;
    for (const text of [bomb, "[".repeat(1_000_000), "- ".repeat(500_000), "? ".repeat(500_000), "just text", "- 1\n- 2\n", "\0", "a: [", `x: ${"{a: ".repeat(5_000)}`]) {
      const started = performance.now();
      const result = await inspectMemory({ MLmodel: text, "model.onnx": model() });
      expect(result.verdict).toBe("unverified");
      expect(codesOf(result)).toEqual(["mlmodel.malformed"]);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
    expect(codesOf(await inspectMemory({ MLmodel: "a".repeat(2_000_000), "model.onnx": model() }))).toEqual(["mlmodel.too_large"]);
  });

});

describe("features", () => {
  const tensor = (name: string, shape: (number | null)[]): Port => ({ name, kind: "tensor", datatype: "FP32", shape, dimensionNames: shape.map(() => null) });

  it("names the columns of one table by position, by given names or by the signature's", () => {
    const inputs = [tensor("x", [null, 3])];
    expect(featuresOf({ inputs }).map(({ name, index }) => [name, index])).toEqual([["x[0]", 0], ["x[1]", 1], ["x[2]", 2]]);
    expect(featuresOf({ inputs }, ["a", "b", "c"]).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(featuresOf({ inputs, featureNames: ["p", "q", "r"] }).map(({ name }) => name)).toEqual(["p", "q", "r"]);
    expect(() => featuresOf({ inputs }, ["a"])).toThrow(/takes 3 features, but 1 names/);
  });

  it("takes inputs of one value a row by their own names, flattens higher ranks, skips variable widths", () => {
    expect(featuresOf({ inputs: [tensor("age", [null, 1]), tensor("city", [null])] }).map(({ name }) => name)).toEqual(["age", "city"]);
    expect(featuresOf({ inputs: [tensor("image", [null, 2, 2])] })).toHaveLength(4);
    expect(featuresOf({ inputs: [tensor("text", [null, null])] })).toEqual([]);
    expect(featuresOf({ inputs: [tensor("huge", [null, 1_000_000])] })).toEqual([]);
  });

  it("works on an inspected signature", async () => {
    const { signature } = await inspectMemory({ "model.onnx": model({ inputs: [port(11, "x", tensorType(1, [null, 64]))] }) });
    expect(signature && featuresOf(signature)).toHaveLength(64);
  });
});
