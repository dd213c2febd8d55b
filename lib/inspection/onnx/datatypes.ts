/** TensorProto.DataType (onnx.proto) → the name that the Open Inference Protocol uses, or ONNX's own where it has none, and bits of an element (0 = varies). */
const types: Readonly<Record<number, readonly [string, number]>> = {
  1: ["FP32", 32],
  2: ["UINT8", 8],
  3: ["INT8", 8],
  4: ["UINT16", 16],
  5: ["INT16", 16],
  6: ["INT32", 32],
  7: ["INT64", 64],
  8: ["BYTES", 0],
  9: ["BOOL", 8],
  10: ["FP16", 16],
  11: ["FP64", 64],
  12: ["UINT32", 32],
  13: ["UINT64", 64],
  14: ["COMPLEX64", 64],
  15: ["COMPLEX128", 128],
  16: ["BF16", 16],
  17: ["FLOAT8E4M3FN", 8],
  18: ["FLOAT8E4M3FNUZ", 8],
  19: ["FLOAT8E5M2", 8],
  20: ["FLOAT8E5M2FNUZ", 8],
  21: ["UINT4", 4],
  22: ["INT4", 4],
  23: ["FLOAT4E2M1", 4],
  24: ["FLOAT8E8M0", 8],
  25: ["UINT2", 2],
  26: ["INT2", 2],
};

export const datatypeName = (code: number): string | undefined => types[code]?.[0];

/** Bytes that `elements` of a type take in raw_data, or undefined when the type has no fixed size. */
export const rawBytes = (code: number, elements: number): number | undefined => {
  const bits = types[code]?.[1];
  return bits ? Math.ceil((elements * bits) / 8) : undefined;
};

/** Whether tensors of this type can be sent as JSON by the Open Inference Protocol (FP16 and BF16 can't). */
export const isWireDatatype = (name: string): boolean => /^(BOOL|U?INT(8|16|32|64)|FP(32|64)|BYTES)$/.test(name);
