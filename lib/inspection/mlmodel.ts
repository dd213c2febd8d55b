import { messageOf } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";
import { type Limits } from "./limits";
import { readFields, readParams } from "./mlflow/fields";
import { parseYaml } from "./mlflow/yaml";
import { pathFault, quote, resolveBeside } from "./paths";
import { type Finding, type MlflowFlavor, type MlflowSummary, type Severity } from "./schema";

export type Mlmodel = {
  summary: MlflowSummary | null;
  /** Path in the bundle of the file that the onnx flavour names, or null. */
  modelPath: string | null;
  /** Files that hold the environment and the examples, as the MLmodel file names them. */
  named: { conda: string | null; example: string | null; servingExample: string | null };
  findings: Finding[];
};

const nothing = { conda: null, example: null, servingExample: null };
const textOrNull = (value: unknown): string | null => (typeof value === "string" && value.length <= 1_024 ? value : typeof value === "number" ? String(value) : null);

/**
 * Understands MLflow's `MLmodel` file (YAML; the signature is JSON in strings). What is wrong with it is a finding. For a
 * bundle with the onnx flavour only the file that this flavour names matters for serving; for others every file that a
 * flavour names has to be there.
 */
export const readMlmodel = (path: string, text: string, bundle: ReadonlyMap<string, number>, limits: Limits): Mlmodel => {
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string): void => void findings.push({ code, severity, path, message });
  const unread = (message: string): Mlmodel => {
    add("mlmodel.malformed", "quarantine", `${message} Log the model again with MLflow.`);
    return { summary: null, modelPath: null, named: nothing, findings };
  };
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    return unread(`The MLmodel file is not YAML that can be read (${quote(messageOf(error).split("\n")[0] ?? "")}).`);
  }
  if (!isObject(document)) return unread("The MLmodel file does not hold a mapping.");
  const stated = isObject(document["flavors"]) ? document["flavors"] : {};
  const signature = isObject(document["signature"]) ? document["signature"] : {};
  const part = <T>(side: "inputs" | "outputs" | "params", read: (value: unknown, maxFields: number) => T[] | null): T[] | null => {
    const value = signature[side];
    if (value === undefined || value === null) return null;
    const fields = read(value, limits.maxSignatureFields);
    if (!fields) add("mlmodel.signature", "info", `The ${side} of the signature in MLmodel can't be read and are ignored.`);
    return fields;
  };
  const pyfunc = isObject(stated["python_function"]) ? stated["python_function"] : {};
  const size = document["model_size_bytes"];
  const example = isObject(document["saved_input_example_info"]) ? document["saved_input_example_info"] : {};
  const flavors = Object.entries(stated).slice(0, 32).map(([name, config]) => readFlavor(name.slice(0, 128), isObject(config) ? config : {}));
  const summary: MlflowSummary = {
    path,
    flavors,
    mlflowVersion: textOrNull(document["mlflow_version"]),
    runId: textOrNull(document["run_id"]),
    modelId: textOrNull(document["model_id"]),
    pythonVersion: textOrNull(pyfunc["python_version"]),
    sizeBytes: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : null,
    loggedAt: textOrNull(document["utc_time_created"]),
    inputs: part("inputs", readFields),
    outputs: part("outputs", readFields),
    params: part("params", readParams),
    dependencies: null,
    example: null,
    runsCode: false,
  };
  const named = { conda: condaOf(pyfunc["env"]), example: textOrNull(example["artifact_path"]), servingExample: textOrNull(example["serving_input_path"]) };
  const onnx = flavors.find(({ name }) => name === "onnx");
  let modelPath: string | null = null;
  for (const { name, files } of onnx ? [onnx] : flavors) {
    for (const file of name === "onnx" && files.length === 0 ? ["model.onnx"] : files) {
      const fault = pathFault(file);
      const resolved = resolveBeside(path, file);
      if (fault) add("mlmodel.path", "refuse", `The ${name} flavour in MLmodel names ${quote(file)}, which ${fault}. Log the model again with MLflow.`);
      else if (!has(bundle, resolved)) add("mlmodel.missing_model", "refuse", `The ${name} flavour in MLmodel names ${quote(resolved)}, which is not among the uploaded files. Upload it, or log the model again.`);
      else if (name === "onnx") modelPath = resolved;
    }
  }
  return { summary, modelPath, named, findings };
};

/** A flavour may name a file, or a folder of files. */
const has = (bundle: ReadonlyMap<string, number>, path: string): boolean => bundle.has(path) || [...bundle.keys()].some((file) => file.startsWith(`${path}/`));

/** Older MLflow wrote the conda file's name alone; newer ones a mapping. */
const condaOf = (env: unknown): string | null => textOrNull(isObject(env) ? env["conda"] : env);

/** Keys under which flavours name what they load. `code` is a folder of Python files. */
const fileKeys = ["data", "model_path", "pickled_model", "python_model", "model_data", "model_code_path", "code", "pipeline", "model_binary"];
/** Versions of other things than the flavour's own library. */
const otherVersions = new Set(["python_version", "cloudpickle_version", "mlflow_version", "saved_model_version"]);

const readFlavor = (name: string, config: Record<string, unknown>): MlflowFlavor => {
  const version = Object.entries(config).find(([key, value]) => /_version$/.test(key) && !otherVersions.has(key) && textOrNull(value) !== null)?.[1];
  const files = fileKeys.flatMap((key) => (typeof config[key] === "string" && config[key] !== "" ? [config[key].slice(0, 1_100)] : []));
  return {
    name,
    version: textOrNull(version),
    serialization: textOrNull(config["serialization_format"]) ?? (textOrNull(config["cloudpickle_version"]) === null ? null : "cloudpickle"),
    loader: textOrNull(config["loader_module"]),
    files: [...new Set(files)],
  };
};
