import { parseDocument } from "yaml";
import { messageOf } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";
import { type Limits } from "./limits";
import { pathFault, quote, resolveBeside } from "./paths";
import { type Finding, type MlflowField, type MlflowSummary, type Severity } from "./schema";

export type Mlmodel = {
  summary: MlflowSummary | null;
  /** Path in the bundle of the file that the onnx flavour names, or null. */
  modelPath: string | null;
  findings: Finding[];
};

const textOrNull = (value: unknown): string | null => (typeof value === "string" && value.length <= 1_024 ? value : typeof value === "number" ? String(value) : null);

/**
 * Understands MLflow's `MLmodel` file (YAML; the signature is JSON in strings). Aliases are bounded, so a small file can't
 * grow into a large one. What is wrong with it is a finding; only the file that the onnx flavour names matters for serving.
 */
export const readMlmodel = (path: string, text: string, bundle: ReadonlyMap<string, number>, limits: Limits): Mlmodel => {
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string): void => void findings.push({ code, severity, path, message });
  let document: unknown;
  try {
    if (nestsTooDeep(text)) throw new RangeError("It nests too deep.");
    // As PyYAML does, a key given twice counts as its last value; looking for doubles would take quadratic time.
    const parsed = parseDocument(text, { uniqueKeys: false, schema: "core", logLevel: "silent" });
    const [fault] = parsed.errors;
    if (fault) throw fault;
    document = parsed.toJS({ maxAliasCount: 16 });
  } catch (error) {
    add("mlmodel.malformed", "quarantine", `The MLmodel file is not YAML that can be read (${quote(messageOf(error).split("\n")[0] ?? "")}). Log the model again with MLflow.`);
    return { summary: null, modelPath: null, findings };
  }
  if (!isObject(document)) {
    add("mlmodel.malformed", "quarantine", "The MLmodel file does not hold a mapping. Log the model again with MLflow.");
    return { summary: null, modelPath: null, findings };
  }
  const flavors = isObject(document["flavors"]) ? document["flavors"] : {};
  const signature = isObject(document["signature"]) ? document["signature"] : {};
  const fieldsOf = (side: "inputs" | "outputs"): MlflowField[] | null => {
    const stated = signature[side];
    if (stated === undefined || stated === null) return null;
    const fields = readFields(stated, limits.maxSignatureFields);
    if (!fields) add("mlmodel.signature", "info", `The ${side} of the signature in MLmodel can't be read and are ignored; the model file's own ${side} are used.`);
    return fields;
  };
  const summary: MlflowSummary = {
    flavors: Object.keys(flavors).slice(0, 32).map((name) => name.slice(0, 128)),
    mlflowVersion: textOrNull(document["mlflow_version"]),
    runId: textOrNull(document["run_id"]),
    modelId: textOrNull(document["model_id"]),
    pythonVersion: isObject(flavors["python_function"]) ? textOrNull(flavors["python_function"]["python_version"]) : null,
    inputs: fieldsOf("inputs"),
    outputs: fieldsOf("outputs"),
  };
  const onnx = flavors["onnx"];
  if (!isObject(onnx)) return { summary, modelPath: null, findings };
  const data = typeof onnx["data"] === "string" ? onnx["data"] : "model.onnx";
  const fault = pathFault(data);
  const modelPath = resolveBeside(path, data);
  if (fault) add("mlmodel.path", "refuse", `The onnx flavour in MLmodel names ${quote(data)}, which ${fault}. Log the model again with MLflow.`);
  else if (!bundle.has(modelPath)) add("mlmodel.missing_model", "refuse", `The onnx flavour in MLmodel names ${quote(modelPath)}, which is not among the uploaded files. Upload it, or log the model again.`);
  else return { summary, modelPath, findings };
  return { summary, modelPath: null, findings };
};

/** Finds nesting that no MLmodel file has and that would cost the YAML parser quadratic time. */
const nestsTooDeep = (text: string): boolean => {
  if (/^[ \t]*(?:[-?:][ \t]+){33}/m.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === "[" || bracket === "{" ? 1 : -1));
    if (depth > 500) return true;
  }
  return false;
};

/** Reads one side of an MLflow signature: JSON text, or the list itself, of column specs or tensor specs. */
const readFields = (stated: unknown, maxFields: number): MlflowField[] | null => {
  let list: unknown = stated;
  if (typeof stated === "string") {
    try {
      list = JSON.parse(stated);
    } catch {
      // Reported by the caller as a signature that can't be read.
      return null;
    }
  }
  if (!Array.isArray(list) || list.length > maxFields) return null;
  const fields: MlflowField[] = [];
  for (const item of list as unknown[]) {
    if (!isObject(item)) return null;
    const name = typeof item["name"] === "string" ? item["name"].slice(0, 1_024) : null;
    const spec = item["tensor-spec"];
    if (item["type"] === "tensor" && isObject(spec)) {
      const shape = Array.isArray(spec["shape"]) ? (spec["shape"] as unknown[]).slice(0, 32).map((dim) => (typeof dim === "number" && Number.isSafeInteger(dim) && dim >= 0 ? dim : null)) : null;
      fields.push({ name, type: `tensor(${textOrNull(spec["dtype"]) ?? "unknown"})`, required: item["required"] !== false, shape });
    } else fields.push({ name, type: textOrNull(item["type"]) ?? "object", required: item["required"] !== false, shape: null });
  }
  return fields;
};
