import { isObject } from "@/lib/core/json";
import type { ServedVersion, TensorSpec } from "@/lib/inference/data-plane";

import { bare, parseExact, stringifyExact } from "./exact-json";
import { ScoringError } from "./scoring-error";

type Tensor = { name: string; datatype: string; shape: number[]; values: unknown[] };

const specials = new Set(["NaN", "Infinity", "-Infinity"]);
const wireTypes = /^(?:BOOL|U?INT(?:8|16|32|64)|FP(?:16|32|64)|BF16|BYTES)$/;

/** Lists, maps and objects have no tensor: each row of such an input is JSON text. */
export const isNested = ({ datatype }: TensorSpec): boolean => !wireTypes.test(datatype);

const readTensor = (input: unknown): Tensor => {
  if (!isObject(input) || typeof input["name"] !== "string" || !Array.isArray(input["shape"]) || !input["shape"].every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) throw new ScoringError("Each input needs a name, a shape of whole numbers, a datatype and data.");
  const { name, datatype, data } = input;
  const shape = input["shape"].map(Number);
  if (!Array.isArray(data)) throw new ScoringError(`The input "${name}" has no data as JSON; binary data can't be translated for a scoring server.`);
  const values = data.flat(Infinity) as unknown[];
  if (values.length !== shape.reduce((product, size) => product * size, 1)) throw new ScoringError(`The input "${name}" has ${values.length} values, its shape [${shape.join(", ")}] says another number.`);
  return { name, datatype: typeof datatype === "string" ? datatype : "", shape, values };
};

const parseNested = (name: string, value: unknown): unknown => {
  if (typeof value !== "string") return value;
  try {
    return parseExact(value);
  } catch {
    throw new ScoringError(`The input "${name}" takes a list, map or object: send each row as JSON text.`);
  }
};

/** A value as Python's json module reads it for the column or tensor: what is not a number stands bare. */
const toPython = (tensor: Tensor, spec: TensorSpec | undefined): unknown[] => {
  if (spec && isNested(spec)) return tensor.values.map((value) => parseNested(tensor.name, value));
  const isFloat = (spec?.datatype ?? tensor.datatype).startsWith("FP") || tensor.datatype.startsWith("FP");
  if (!isFloat) return tensor.values;
  return tensor.values.map((value) => (value === null ? bare("NaN") : typeof value === "string" && specials.has(value) ? bare(value) : value));
};

const reshape = (values: readonly unknown[], shape: readonly number[]): unknown => {
  const [size = 0, ...rest] = shape;
  if (rest.length === 0) return values;
  const part = values.length / (size || 1);
  return Array.from({ length: size }, (_unused, index) => reshape(values.slice(index * part, (index + 1) * part), rest));
};

/** One column of a data frame: [n] or [n, 1]. */
const toColumn = (tensor: Tensor, spec: TensorSpec): { name: string; values: unknown[] } => {
  if (tensor.shape.length === 0 || tensor.shape.slice(1).some((size) => size !== 1)) throw new ScoringError(`The input "${tensor.name}" is a column: its shape must be [n] or [n, 1], not [${tensor.shape.join(", ")}].`);
  return { name: spec.name, values: toPython(tensor, spec) };
};

const toFrame = (tensors: readonly Tensor[], specs: readonly TensorSpec[], optional: readonly string[]): unknown => {
  const [only] = tensors;
  // A table in one tensor, its columns in the order of the signature.
  if (tensors.length === 1 && only && only.shape.length === 2 && only.shape[1] === specs.length && !specs.some(({ name }) => name === only.name)) {
    return { columns: specs.map(({ name }) => name), data: reshape(toPython(only, undefined), only.shape) };
  }
  const unknown = tensors.find(({ name }) => !specs.some((spec) => spec.name === name));
  if (unknown) throw new ScoringError(`This model has no input "${unknown.name}"; it has ${specs.map(({ name }) => name).slice(0, 50).join(", ")}.`);
  const columns = specs.flatMap((spec) => {
    const tensor = tensors.find(({ name }) => name === spec.name);
    if (!tensor && !optional.includes(spec.name)) throw new ScoringError(`The input "${spec.name}" is missing.`);
    return tensor ? [toColumn(tensor, spec)] : [];
  });
  const rows = columns[0]?.values.length ?? 0;
  if (columns.some(({ values }) => values.length !== rows)) throw new ScoringError("All inputs must have the same number of rows.");
  return { columns: columns.map(({ name }) => name), data: Array.from({ length: rows }, (_unused, row) => columns.map(({ values }) => values[row])) };
};

export type ScoringRequest = { body: Buffer; id: string | null };

/**
 * Translates a request of Open Inference Protocol v2 into one that MLflow's scoring server takes: columns become
 * `dataframe_split`, tensors `inputs`. `parameters` that the signature names become `params`. Raises ScoringError.
 */
export const toScoringRequest = (request: Buffer, version: ServedVersion): ScoringRequest => {
  try {
    return translate(request, version);
  } catch (error) {
    if (error instanceof RangeError) throw new ScoringError("The request nests too deep.");
    throw error;
  }
};

const translate = (request: Buffer, { inputs: specs, scoring }: ServedVersion): ScoringRequest => {
  let document: unknown;
  try {
    document = parseExact(request.toString("utf8"));
  } catch {
    throw new ScoringError("The body must be JSON of the Open Inference Protocol.");
  }
  if (!isObject(document) || !Array.isArray(document["inputs"]) || document["inputs"].length === 0) throw new ScoringError('The body must be {"inputs": [{"name": …, "shape": […], "datatype": …, "data": […]}]}.');
  const tensors = document["inputs"].map(readTensor);
  const given = isObject(document["parameters"]) ? document["parameters"] : {};
  const params = Object.fromEntries((scoring?.params ?? []).filter((name) => name in given).map((name) => [name, given[name]]));
  const rest = Object.keys(params).length > 0 ? { params } : {};
  const id = typeof document["id"] === "string" ? document["id"] : null;
  const write = (body: Record<string, unknown>): ScoringRequest => ({ body: Buffer.from(stringifyExact({ ...body, ...rest })), id });
  if (scoring?.form === "columns") return write({ dataframe_split: toFrame(tensors, specs, scoring.optional) });
  const [only] = tensors;
  const isUnnamed = specs.length === 0 ? tensors.length === 1 : specs.length === 1 && specs[0]?.name === "input";
  if (isUnnamed && tensors.length === 1 && only) return write({ inputs: reshape(toPython(only, specs[0]), only.shape) });
  const missing = specs.find(({ name }) => !tensors.some((tensor) => tensor.name === name) && !(scoring?.optional ?? []).includes(name));
  if (missing) throw new ScoringError(`The input "${missing.name}" is missing.`);
  return write({ inputs: Object.fromEntries(tensors.map((tensor) => [tensor.name, reshape(toPython(tensor, specs.find(({ name }) => name === tensor.name)), tensor.shape)])) });
};
