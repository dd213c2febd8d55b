import { isObject } from "@/lib/core/json";
import type { TensorSpec } from "@/lib/inference/data-plane";

import { ScoringError } from "./scoring-error";


const forms = '{"inputs": [[…]]}, {"instances": [[…]]}, {"dataframe_split": {"columns": […], "data": [[…]]}} or {"dataframe_records": [{…}]}';

const shapeOf = (data: unknown): number[] => (Array.isArray(data) ? [data.length, ...(data.length > 0 ? shapeOf(data[0]) : [])] : []);

const isRegular = (data: unknown, shape: readonly number[]): boolean => {
  if (shape.length === 0) return !Array.isArray(data);
  return Array.isArray(data) && data.length === shape[0] && data.every((part) => isRegular(part, shape.slice(1)));
};

const toTensor = (spec: TensorSpec, data: unknown): Record<string, unknown> => {
  const shape = shapeOf(data);
  if (shape.length === 0 || !isRegular(data, shape)) throw new ScoringError(`The values of "${spec.name}" must be an array whose rows have the same length.`);
  return { name: spec.name, shape, datatype: spec.datatype, data: (data as unknown[]).flat(Infinity) };
};

/** Rows of a data frame: one tensor takes them whole; several take one column each, as [n, 1], or [n] where that is their rank. */
const fromFrame = (specs: readonly TensorSpec[], optional: readonly string[], columns: readonly string[], rows: readonly unknown[][]): Record<string, unknown>[] => {
  const [only] = specs;
  if (specs.length === 1 && only && only.shape.length !== 1) return [toTensor(only, rows)];
  return specs.flatMap((spec) => {
    const at = columns.indexOf(spec.name);
    if (at < 0 && optional.includes(spec.name)) return [];
    if (at < 0) throw new ScoringError(`The data frame has no column "${spec.name}".`);
    return [toTensor(spec, rows.map((row) => (spec.shape.length === 1 ? row[at] : [row[at]])))];
  });
};

const fromTensors = (specs: readonly TensorSpec[], given: unknown): Record<string, unknown>[] => {
  const [only] = specs;
  if (Array.isArray(given) && specs.length === 1 && only) return [toTensor(only, given)];
  if (!isObject(given)) throw new ScoringError(`This model has several inputs: give each by its name, ${specs.map(({ name }) => name).join(", ")}.`);
  const unknown = Object.keys(given).find((name) => !specs.some((spec) => spec.name === name));
  if (unknown !== undefined) throw new ScoringError(`This model has no input "${unknown}"; it has ${specs.map(({ name }) => name).join(", ")}.`);
  return specs.map((spec) => {
    if (!(spec.name in given)) throw new ScoringError(`The input "${spec.name}" is missing.`);
    return toTensor(spec, given[spec.name]);
  });
};

/** Translates MLflow's scoring request (MLflow, "Deploy model locally", input formats) into one of Open Inference Protocol. Raises ScoringError. */
export const toInferenceRequest = (body: Buffer, specs: readonly TensorSpec[], optional: readonly string[] = []): Buffer => {
  let document: unknown;
  try {
    document = JSON.parse(body.toString("utf8"));
  } catch {
    throw new ScoringError(`The body must be JSON: ${forms}.`);
  }
  if (!isObject(document)) throw new ScoringError(`The body must be one of ${forms}.`);
  if (specs.length === 0) throw new ScoringError("The version's signature names no inputs, so this form can't be translated: use /v2/models/…/infer.");
  const split = document["dataframe_split"];
  const records = document["dataframe_records"];
  let inputs: Record<string, unknown>[];
  if (isObject(split) && Array.isArray(split["data"]) && split["data"].every(Array.isArray)) {
    inputs = fromFrame(specs, optional, Array.isArray(split["columns"]) ? split["columns"].map(String) : [], split["data"]);
  } else if (Array.isArray(records) && records.every(isObject)) {
    const columns = Object.keys(records[0] ?? {});
    inputs = fromFrame(specs, optional, columns, records.map((record) => columns.map((column) => record[column])));
  } else {
    const given = document["inputs"] ?? document["instances"];
    if (given === undefined) throw new ScoringError(`The body must be one of ${forms}.`);
    inputs = fromTensors(specs, given);
  }
  return Buffer.from(JSON.stringify({ inputs }));
};

const reshape = (flat: readonly unknown[], shape: readonly number[]): unknown => {
  if (shape.length <= 1) return flat;
  const size = flat.length / (shape[0] ?? 1);
  return Array.from({ length: shape[0] ?? 0 }, (_unused, index) => reshape(flat.slice(index * size, (index + 1) * size), shape.slice(1)));
};

const parseAnswer = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // A broken answer of the runtime: the caller turns it into a 502.
    return undefined;
  }
};

/** Translates an answer of Open Inference Protocol into MLflow's `{"predictions": …}`: one output as an array, several as one record a row. Undefined where it is not JSON. */
export const toPredictions = (body: Buffer): Buffer | undefined => {
  const document = parseAnswer(body);
  if (document === undefined) return undefined;
  const outputs = isObject(document) && Array.isArray(document["outputs"]) ? document["outputs"].filter(isObject) : [];
  const tensors = outputs.map((output) => {
    const shape = Array.isArray(output["shape"]) ? output["shape"].map(Number) : [];
    const data = Array.isArray(output["data"]) ? output["data"].flat(Infinity) : [];
    return { name: String(output["name"]), values: reshape(data, shape) };
  });
  const [only] = tensors;
  if (tensors.length === 1 && only) return Buffer.from(JSON.stringify({ predictions: only.values }));
  const rows = Math.max(0, ...tensors.map(({ values }) => (Array.isArray(values) ? values.length : 0)));
  const predictions = Array.from({ length: rows }, (_unused, row) => Object.fromEntries(tensors.map(({ name, values }) => [name, Array.isArray(values) ? (values[row] as unknown) : null])));
  return Buffer.from(JSON.stringify({ predictions }));
};
