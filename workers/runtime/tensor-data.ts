import { AppError } from "@/lib/core/errors";

import { createNumeric, type Datatype, type TensorData } from "./datatypes";
import { formatShape } from "./tensors";

const ranges = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
} as const;
const bigRanges = { INT64: [-(2n ** 63n), 2n ** 63n - 1n], UINT64: [0n, 2n ** 64n - 1n] } as const;

const refuse = (message: string): AppError => new AppError("invalid", "runtime.bad_input", message);

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const badElement = (name: string, datatype: Datatype, index: number, value: unknown, expected: string): AppError => refuse(`Input "${name}": element ${index} of data is ${show(value)}; ${datatype} takes ${expected}.`);

/**
 * Converts the JSON `data` of an input (flat or nested, row-major) to the memory that ONNX Runtime takes; raises invalid
 * that names the input, the element and what was expected.
 */
export const decodeData = (name: string, datatype: Datatype, shape: readonly number[], data: unknown): TensorData => {
  if (!Array.isArray(data)) throw refuse(`Input "${name}": data is ${show(data)}; it must be an array.`);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const list: unknown[] = Array.isArray(data[0]) ? flatten(name, data, shape, size) : data;
  if (list.length !== size) throw refuse(`Input "${name}": data has ${list.length} elements, but shape ${formatShape(shape)} needs ${size}.`);
  if (datatype === "FP32" || datatype === "FP64") return decodeFloats(name, datatype, list);
  if (datatype === "INT64" || datatype === "UINT64") return decodeBigs(name, datatype, list);
  if (datatype === "BYTES") return decodeTexts(name, list);
  if (datatype === "BOOL") return decodeBooleans(name, list);
  return decodeIntegers(name, datatype, list);
};

const flatten = (name: string, data: readonly unknown[], shape: readonly number[], size: number): unknown[] => {
  const list: unknown[] = [];
  const walk = (level: readonly unknown[], depth: number): void => {
    const expected = shape[depth];
    if (expected === undefined) throw refuse(`Input "${name}": data is nested deeper than shape ${formatShape(shape)}.`);
    if (level.length !== expected) throw refuse(`Input "${name}": data has ${level.length} members at level ${depth + 1}, but shape ${formatShape(shape)} needs ${expected}.`);
    for (const item of level) {
      const isLeaf = depth === shape.length - 1;
      if (Array.isArray(item) === isLeaf) throw refuse(`Input "${name}": data must be nested exactly as shape ${formatShape(shape)} says, or be flat.`);
      if (Array.isArray(item)) walk(item, depth + 1);
      else list.push(item);
    }
  };
  walk(data, 0);
  return list.length <= size ? list : list.slice(0, size + 1);
};

/** JSON has no NaN and no infinity; as in the JSON mapping of protobuf they are written as text. */
const specials = new Map<unknown, number>([["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity]]);

const decodeFloats = (name: string, datatype: "FP32" | "FP64", list: readonly unknown[]): TensorData => {
  const memory = createNumeric(datatype, list.length);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value === "number") {
      memory[index] = value;
      const stored = memory[index];
      if (stored === Infinity || stored === -Infinity) throw badElement(name, datatype, index, value, "numbers up to 3.4e38");
      continue;
    }
    const special = specials.get(value);
    if (special === undefined) throw badElement(name, datatype, index, value, 'numbers (a missing value is the text "NaN" where the model allows it)');
    memory[index] = special;
  }
  return memory;
};

const decodeIntegers = (name: string, datatype: keyof typeof ranges, list: readonly unknown[]): TensorData => {
  const [min, max] = ranges[datatype];
  const memory = createNumeric(datatype, list.length);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) throw badElement(name, datatype, index, value, `whole numbers from ${min} to ${max}`);
    memory[index] = value;
  }
  return memory;
};

const decodeBigs = (name: string, datatype: "INT64" | "UINT64", list: readonly unknown[]): TensorData => {
  const [min, max] = bigRanges[datatype];
  const memory = datatype === "INT64" ? new BigInt64Array(list.length) : new BigUint64Array(list.length);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    // JSON numbers above 2^53 have lost digits before they get here, so larger ones are taken as text.
    const isWhole = (typeof value === "number" && Number.isSafeInteger(value)) || (typeof value === "string" && /^-?\d{1,20}$/.test(value));
    const big = isWhole ? BigInt(value) : undefined;
    if (big === undefined || big < min || big > max) throw badElement(name, datatype, index, value, `whole numbers from ${min} to ${max}, beyond 2^53 written as text`);
    memory[index] = big;
  }
  return memory;
};

const decodeTexts = (name: string, list: readonly unknown[]): TensorData =>
  list.map((value, index) => {
    if (typeof value !== "string") throw badElement(name, "BYTES", index, value, "text");
    return value;
  });

const decodeBooleans = (name: string, list: readonly unknown[]): TensorData => {
  const memory = new Uint8Array(list.length);
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (typeof value !== "boolean") throw badElement(name, "BOOL", index, value, "true or false");
    memory[index] = value ? 1 : 0;
  }
  return memory;
};

/** Writes data as the inside of a JSON array; 64-bit integers keep all digits, NaN and infinities become text. */
export const encodeData = (datatype: Datatype, data: TensorData): string => {
  if (Array.isArray(data)) return JSON.stringify(data).slice(1, -1);
  if (datatype === "BOOL") return Array.from(data as Uint8Array, (value) => (value ? "true" : "false")).join(",");
  const text = data.join(",");
  return datatype.startsWith("FP") ? text.replace(/-?Infinity|NaN/g, '"$&"') : text;
};
