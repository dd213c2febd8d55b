import { type MlflowField, type MlflowSummary, type Port, type Signature } from "../schema";

/** Open Inference Protocol names of MLflow's column types; dates and bytes travel as text. */
const columnTypes: Readonly<Record<string, string>> = { boolean: "BOOL", integer: "INT32", long: "INT64", float: "FP32", double: "FP64", string: "BYTES", binary: "BYTES", datetime: "BYTES" };
const tensorTypes: Readonly<Record<string, string>> = {
  bool: "BOOL", int8: "INT8", int16: "INT16", int32: "INT32", int64: "INT64", uint8: "UINT8", uint16: "UINT16", uint32: "UINT32", uint64: "UINT64", float16: "FP16", float32: "FP32", float64: "FP64", str: "BYTES", object: "BYTES", bytes: "BYTES",
};

const tensorOf = ({ type }: MlflowField): string | undefined => /^tensor\((.*)\)$/.exec(type)?.[1];

const toPort = (field: MlflowField, name: string): Port => {
  const dtype = tensorOf(field);
  const optional = field.required ? {} : { required: false };
  if (dtype !== undefined) {
    const shape = field.shape ?? [null];
    return { name, kind: "tensor", datatype: tensorTypes[dtype] ?? "BYTES", shape, dimensionNames: shape.map(() => null), ...optional };
  }
  const datatype = columnTypes[field.type];
  // Lists, maps and objects have no tensor; a caller of the protocol sends each row as JSON text.
  if (datatype === undefined) return { name, kind: "opaque", datatype: field.type, shape: null, dimensionNames: null, ...optional };
  return { name, kind: "tensor", datatype, shape: [null], dimensionNames: [null], ...optional };
};

const toPorts = (fields: readonly MlflowField[], only: string): Port[] => fields.map((field, index) => toPort(field, field.name ?? (fields.length === 1 ? only : String(index))));

/** The ports of an MLflow signature: a column is a tensor of one value a row. Null when the model states no inputs. */
export const toMlflowSignature = ({ inputs, outputs, params }: MlflowSummary): Signature | null => {
  if (!inputs || inputs.length === 0) return null;
  return {
    inputs: toPorts(inputs, "input"),
    outputs: toPorts(outputs ?? [], "predictions"),
    featureNames: null,
    form: inputs.every((field) => tensorOf(field) !== undefined) ? "tensors" : "columns",
    ...(params && params.length > 0 ? { params: params.map(({ name }) => name) } : {}),
  };
};
