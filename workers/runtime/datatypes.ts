/** Elements of a tensor as ONNX Runtime takes and gives them; BOOL is a Uint8Array of 0 and 1. */
export type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array | string[];
type NumericArray = Exclude<TensorData, string[] | BigInt64Array | BigUint64Array>;
type BigArray = BigInt64Array | BigUint64Array;

export const datatypes = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP32", "FP64", "BYTES"] as const;
/** Names of the Open Inference Protocol that can be sent as JSON. */
export type Datatype = (typeof datatypes)[number];

/** ONNX Runtime's own names of element types. */
export const ortTypes = { BOOL: "bool", UINT8: "uint8", UINT16: "uint16", UINT32: "uint32", UINT64: "uint64", INT8: "int8", INT16: "int16", INT32: "int32", INT64: "int64", FP32: "float32", FP64: "float64", BYTES: "string" } as const;
export type OrtType = (typeof ortTypes)[Datatype];

const byOrtType = new Map<string, Datatype>(datatypes.map((datatype) => [ortTypes[datatype], datatype]));
export const datatypeOf = (ortType: string): Datatype | undefined => byOrtType.get(ortType);

const numeric: Readonly<Record<Exclude<Datatype, "UINT64" | "INT64" | "BYTES">, (length: number) => NumericArray>> = {
  BOOL: (length) => new Uint8Array(length),
  UINT8: (length) => new Uint8Array(length),
  UINT16: (length) => new Uint16Array(length),
  UINT32: (length) => new Uint32Array(length),
  INT8: (length) => new Int8Array(length),
  INT16: (length) => new Int16Array(length),
  INT32: (length) => new Int32Array(length),
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
};

/** Joins the rows of several tensors of one type into new memory. */
export const concatData = (parts: readonly TensorData[], datatype: Datatype): TensorData => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (datatype === "BYTES") return parts.flatMap((part) => (Array.isArray(part) ? part : []));
  let at = 0;
  if (datatype === "INT64" || datatype === "UINT64") {
    const joined: BigArray = datatype === "INT64" ? new BigInt64Array(length) : new BigUint64Array(length);
    for (const part of parts) {
      if (part instanceof BigInt64Array || part instanceof BigUint64Array) joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
  const joined = numeric[datatype](length);
  for (const part of parts) {
    if (!Array.isArray(part) && !(part instanceof BigInt64Array) && !(part instanceof BigUint64Array)) joined.set(part, at);
    at += part.length;
  }
  return joined;
};

/** A view of elements [from, to), without copying numbers. */
export const sliceData = (data: TensorData, from: number, to: number): TensorData => (Array.isArray(data) ? data.slice(from, to) : data.subarray(from, to));

export const createNumeric = (datatype: Exclude<Datatype, "UINT64" | "INT64" | "BYTES">, length: number): NumericArray => numeric[datatype](length);
