/** A tiny protobuf writer, enough to build ONNX files (onnx.proto field numbers) in tests. */
export type Bytes = Uint8Array;

export const join = (...parts: readonly Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));

export const varint = (value: number | bigint): Bytes => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
};

export const int = (field: number, value: number | bigint): Bytes => join(varint(field * 8), varint(value));
export const bytes = (field: number, payload: Bytes): Bytes => join(varint(field * 8 + 2), varint(payload.length), payload);
export const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));
export const message = (field: number, ...parts: readonly Bytes[]): Bytes => bytes(field, join(...parts));
export const float = (field: number, value: number): Bytes => join(varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer));

export type Dim = number | string | null;
const dim = (value: Dim): Bytes => message(1, typeof value === "number" ? int(1, value) : value === null ? new Uint8Array(0) : text(2, value));
export const tensorType = (type: number, dims: readonly Dim[]): Bytes => message(1, int(1, type), message(2, ...dims.map(dim)));
export const port = (field: 11 | 12, name: string, type: Bytes): Bytes => message(field, text(1, name), bytes(2, type));
export const node = (type: string, options: { domain?: string; attributes?: readonly Bytes[] } = {}): Bytes =>
  message(1, text(1, "x"), text(2, "y"), text(4, type), ...(options.attributes ?? []).map((attribute) => bytes(5, attribute)), ...(options.domain ? [text(7, options.domain)] : []));
export const rawTensor = (name: string, dims: readonly number[], raw: Bytes, type = 1): Bytes => join(...dims.map((size) => int(1, size)), int(2, type), text(8, name), bytes(9, raw));
export const externalTensor = (name: string, dims: readonly number[], entries: Readonly<Record<string, string>>): Bytes =>
  join(...dims.map((size) => int(1, size)), int(2, 1), text(8, name), ...Object.entries(entries).map(([key, value]) => message(13, text(1, key), text(2, value))), int(14, 1));
export const opset = (domain: string, version: number): Bytes => message(8, text(1, domain), int(2, version));

export type ModelParts = { irVersion?: number; nodes?: readonly Bytes[]; initializers?: readonly Bytes[]; inputs?: readonly Bytes[]; outputs?: readonly Bytes[]; opsets?: readonly Bytes[]; extra?: readonly Bytes[] };

/** A whole ModelProto; whatever is not given is that of a small classifier with a [N, 4] input `x`. */
export const model = (parts: ModelParts = {}): Bytes =>
  join(
    int(1, parts.irVersion ?? 8),
    text(2, "writer"),
    text(3, "1.0"),
    int(5, 3),
    message(
      7,
      ...(parts.nodes ?? [node("MatMul")]),
      text(2, "graph"),
      ...(parts.initializers ?? [rawTensor("w", [4, 2], new Uint8Array(32))]).map((tensor) => bytes(5, tensor)),
      ...(parts.inputs ?? [port(11, "x", tensorType(1, ["N", 4]))]),
      ...(parts.outputs ?? [port(12, "y", tensorType(1, ["N", 2]))]),
    ),
    ...(parts.opsets ?? [opset("", 17)]),
    message(14, text(1, "author"), text(2, "test")),
    ...(parts.extra ?? []),
  );
