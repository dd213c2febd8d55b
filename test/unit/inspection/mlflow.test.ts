import { describe, expect, it } from "vitest";

import { readFields } from "@/lib/inspection/mlflow/fields";
import { readConda, readRequirements } from "@/lib/inspection/mlflow/requirements";
import { codesOf, inspectMemory } from "./memory-bundle";
import { model } from "../../support/onnx-writer";

const pickle = new Uint8Array(Buffer.from("\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", "latin1"));
const zip = new Uint8Array(Buffer.from("PK\x03\x04\x14\0\0\0", "latin1"));

type Parts = { format?: string; inputs?: unknown; outputs?: unknown; params?: unknown; pyfunc?: string; extra?: string };
const quoted = (value: unknown): string => (value === undefined ? "null" : `'${JSON.stringify(value)}'`);
/** As MLflow 3.17 writes it for scikit-learn. */
const mlmodel = ({ format = "cloudpickle", inputs = [{ type: "double", name: "age", required: true }, { type: "long", name: "city", required: false }], outputs = [{ type: "tensor", "tensor-spec": { dtype: "int64", shape: [-1] } }], params, pyfunc, extra = "" }: Parts = {}): string =>
  `flavors:
${pyfunc ?? `  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.7`}
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: ${format}
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
model_size_bytes: 932
model_uuid: 71f8532d
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: ${quoted(inputs)}
  outputs: ${quoted(outputs)}
  params: ${quoted(params)}
utc_time_created: '2026-11-20 15:24:55.112319'
${extra}`;

const requirements = "mlflow==3.17.2\nnumpy==2.4.6\nscikit-learn==1.9.1\n";
const bundle = (parts: Parts = {}, files: Record<string, string | Uint8Array> = {}) => ({ MLmodel: mlmodel(parts), "model.pkl": pickle, "requirements.txt": requirements, "serving_input_example.json": '{\n  "dataframe_split": {"columns": ["age", "a b"], "data": [[1.0, 12345678901234567890]]}\n}', ...files });

describe("a model that MLflow logged", () => {
  it("is clean, with the caution that loading runs code", async () => {
    const result = await inspectMemory(bundle());
    expect(result).toMatchObject({ verdict: "clean", format: "mlflow", summary: null });
    expect(result.findings.map(({ code, severity, path }) => [code, severity, path])).toEqual([["mlflow.runs_code", "caution", "model.pkl"]]);
    expect(result.mlflow).toMatchObject({
      path: "MLmodel",
      flavors: [{ name: "python_function", loader: "mlflow.sklearn", files: ["model.pkl"] }, { name: "sklearn", version: "1.9.1", serialization: "cloudpickle", files: ["model.pkl"] }],
      mlflowVersion: "3.17.2",
      pythonVersion: "3.11.7",
      sizeBytes: 932,
      dependencies: { source: "requirements.txt", packages: [{ name: "mlflow", specifier: "==3.17.2", isPinned: true }, { name: "numpy" }, { name: "scikit-learn" }] },
      runsCode: true,
    });
    expect(result.mlflow?.example).toEqual({ path: "serving_input_example.json", body: '{"dataframe_split":{"columns":["age","a b"],"data":[[1.0,12345678901234567890]]}}' });
  });

  it("takes columns as tensors of one value a row", async () => {
    const { signature } = await inspectMemory(bundle({ params: [{ name: "temperature", type: "double", default: 0.5, shape: null }] }));
    expect(signature).toEqual({
      inputs: [
        { name: "age", kind: "tensor", datatype: "FP64", shape: [null], dimensionNames: [null] },
        { name: "city", kind: "tensor", datatype: "INT64", shape: [null], dimensionNames: [null], required: false },
      ],
      outputs: [{ name: "predictions", kind: "tensor", datatype: "INT64", shape: [null], dimensionNames: [null] }],
      featureNames: null,
      form: "columns",
      params: ["temperature"],
    });
  });

  it("reads tensor signatures, and goes without one", async () => {
    const tensors = await inspectMemory(bundle({ inputs: [{ type: "tensor", "tensor-spec": { dtype: "float64", shape: [-1, 2] } }] }));
    expect(tensors.signature).toMatchObject({ form: "tensors", inputs: [{ name: "input", datatype: "FP64", shape: [null, 2] }] });
    const none = await inspectMemory({ ...bundle(), MLmodel: mlmodel().replace(/signature:[\s\S]*?utc_/, "utc_") });
    expect(none).toMatchObject({ verdict: "clean", signature: null });
    expect(codesOf(none)).toContain("mlmodel.no_signature");
  });

  it("says nothing against skops, and names Python code and foreign loaders", async () => {
    const skops = await inspectMemory({ ...bundle({ format: "skops" }), MLmodel: mlmodel({ format: "skops" }).replaceAll("model.pkl", "model.skops"), "model.skops": zip, "model.pkl": "" });
    expect(skops).toMatchObject({ verdict: "clean", format: "mlflow" });
    const rest: Record<string, string | Uint8Array> = bundle({ format: "skops" });
    delete rest["model.pkl"];
    const clean = await inspectMemory({ ...rest, MLmodel: mlmodel({ format: "skops" }).replaceAll("model.pkl", "model.skops"), "model.skops": zip });
    expect(clean.findings).toEqual([]);
    expect(clean.mlflow?.runsCode).toBe(false);
    const code = await inspectMemory(bundle({ pyfunc: "  python_function:\n    loader_module: my_loader\n    model_path: model.pkl" }, { "code/my_loader.py": "import os\n" }));
    expect(codesOf(code)).toEqual(["mlflow.runs_code", "mlflow.runs_code", "mlflow.runs_code"]);
  });

  it.each([
    ["a missing file", { "model.pkl": undefined }, "refused", "mlmodel.missing_model"],
    ["a path that leads out", { MLmodel: mlmodel().replaceAll("model.pkl", "../model.pkl") }, "refused", "mlmodel.path"],
    ["no python_function flavour", { MLmodel: mlmodel({ pyfunc: "" }) }, "unverified", "mlmodel.no_pyfunc"],
    ["no requirements", { "requirements.txt": undefined }, "clean", "requirements.missing"],
    ["another version of the library", { "requirements.txt": "scikit-learn==1.0.0\n" }, "clean", "requirements.other_version"],
    ["packages from elsewhere", { "requirements.txt": "--extra-index-url https://x.example\nfoo @ git+https://x.example/foo\nscikit_learn==1.9.1" }, "clean", "requirements.other_source"],
    ["open versions", { "requirements.txt": "scikit-learn>=1.0\nnumpy\n" }, "clean", "requirements.not_pinned"],
  ])("says what is wrong: %s", async (_what, change, verdict, code) => {
    const files: Record<string, string | Uint8Array> = {};
    for (const [path, content] of Object.entries({ ...bundle(), ...change })) if (content !== undefined) files[path] = content;
    const result = await inspectMemory(files);
    expect(result.verdict).toBe(verdict);
    expect(codesOf(result)).toContain(code);
  });

  it("must lie at the root, where a scoring server looks", async () => {
    const nested = Object.fromEntries(Object.entries(bundle()).map(([path, content]) => [`model/${path}`, content]));
    expect(codesOf(await inspectMemory(nested))).toContain("mlmodel.not_at_root");
  });

  it("takes an ONNX file that a custom model carries for a part of it, not for the model", async () => {
    const result = await inspectMemory(bundle({}, { "artifacts/net.onnx": model() }));
    expect(result).toMatchObject({ verdict: "clean", format: "mlflow", summary: null });
  });
});

describe("hostile companions", () => {
  it("bounds what is kept", async () => {
    const big = await inspectMemory(bundle({}, { "serving_input_example.json": `{"inputs": [${"1,".repeat(50_000)}1]}`, "requirements.txt": "a==1\n".repeat(100_000) }));
    expect(big.mlflow?.example).toEqual({ path: "serving_input_example.json", body: null });
    expect(big.mlflow?.dependencies?.packages.length).toBe(2_000);
    const broken = await inspectMemory(bundle({}, { "serving_input_example.json": '{"inputs": [NaN' }));
    expect(broken.mlflow?.example?.body).toBeNull();
  });

  it("reads signatures that are not what they seem", () => {
    expect(readFields("{", 10)).toBeNull();
    expect(readFields("[1]", 10)).toBeNull();
    expect(readFields('[{"type":"double"}]', 0)).toBeNull();
    let deep: unknown = { type: "string" };
    for (let level = 0; level < 5_000; level += 1) deep = { type: "array", items: deep };
    expect(readFields([deep], 10)?.[0]?.type).toMatch(/^array\(array\(.*…/);
    const wide = { type: "object", properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { type: "long", required: index % 2 === 0 }])) };
    const text = readFields([wide], 10)?.[0]?.type ?? "";
    expect(text).toMatch(/^object\(p0: long, p1\?: long/);
    expect(text.length).toBeLessThanOrEqual(512);
    expect(readFields([{ type: "array", items: { type: "object", properties: { k: { type: "map", values: { type: "double" } } } }, name: "x" }], 10)).toEqual([{ name: "x", type: "array(object(k: map(double)))", required: true, shape: null }]);
    expect(readFields([{ type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 28, "x", 1e400] } }], 10)?.[0]).toEqual({ name: null, type: "tensor(float32)", required: true, shape: [null, 28, null, null] });
  });

  it("reads requirements as pip does", () => {
    expect(readRequirements("# c\n\nmlflow[extras]==3.1 ; python_version > '3'\nnumpy ~= 1.2  # why\n-r other.txt\nfoo @ https://x/y.whl\ngit+https://x/y\n./local\nstar==1.*\nlong \\\n == 2\n")).toEqual([
      { name: "mlflow", specifier: "==3.1", isPinned: true, origin: "pip" },
      { name: "numpy", specifier: "~=1.2", isPinned: false, origin: "pip" },
      { name: "-r other.txt", specifier: "", isPinned: false, origin: "option" },
      { name: "foo", specifier: "@ https://x/y.whl", isPinned: false, origin: "address" },
      { name: "git+https://x/y", specifier: "", isPinned: false, origin: "address" },
      { name: "./local", specifier: "", isPinned: false, origin: "address" },
      { name: "star", specifier: "==1.*", isPinned: false, origin: "pip" },
      { name: "long", specifier: "==2", isPinned: true, origin: "pip" },
    ]);
  });

  it("reads conda.yaml, and only that", () => {
    expect(readConda("channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip<=23.2.1\n- conda-forge::libgcc=12\n- pip:\n  - mlflow==3.17.2\nname: mlflow-env\n")).toEqual({
      python: "3.11.7",
      packages: [{ name: "libgcc", specifier: "=12", isPinned: true, origin: "conda" }, { name: "mlflow", specifier: "==3.17.2", isPinned: true, origin: "pip" }],
    });
    for (const text of ["", "- 1", "a: [", "x: 1", `a: &a [x]\n${"b: *a\n".repeat(100)}`, "[".repeat(100_000)]) expect(readConda(text)).toBeNull();
  });
});
