import { isObject } from "@/lib/core/json";
import type { ServedVersion, TensorSpec } from "@/lib/inference/data-plane";

import { bare, exactOf, hasDecimals, parseExact, stringifyExact } from "./exact-json";
import { isNested } from "./scoring-request";

type Output = { name: string; shape: number[]; datatype: string; data: unknown[] };
type Values = { flat: unknown[]; shape: number[] };

/** Dimensions of one output; no tensor of a real model has more. */
const maxDepth = 32;

/** Flattens regular nested arrays; undefined where rows differ in length or hold objects. */
const flatten = (value: unknown[], depth = 0): Values | undefined => {
  const [first] = value;
  if (depth > maxDepth) return undefined;
  if (!value.some(Array.isArray)) return value.some(isObject) ? undefined : { flat: value, shape: [value.length] };
  if (!Array.isArray(first)) return undefined;
  const parts = value.map((part) => (Array.isArray(part) ? flatten(part, depth + 1) : undefined));
  const inner = parts[0]?.shape;
  if (!inner || parts.some((part) => part?.shape.join() !== inner.join())) return undefined;
  return { flat: parts.flatMap((part) => part?.flat ?? []), shape: [value.length, ...inner] };
};

const isNumber = (value: unknown): boolean => typeof value === "number" || exactOf(value) !== undefined;
const isWhole = (value: unknown): boolean => (typeof value === "number" ? Number.isInteger(value) : /^-?\d+$/.test(exactOf(value) ?? ""));
const isText = (value: unknown): boolean => typeof value === "string" && exactOf(value) === undefined;

/** Whether the values are what the signature promises; a model may answer otherwise than its signature says. */
const fits = (datatype: string, values: readonly unknown[]): boolean => {
  if (datatype.startsWith("FP") || datatype === "BF16") return values.every((value) => value === null || isNumber(value) || typeof value === "boolean");
  if (/^U?INT/.test(datatype)) return values.every((value) => isWhole(value) || typeof value === "boolean");
  if (datatype === "BOOL") return values.every((value) => typeof value === "boolean");
  return values.every((value) => value === null || isText(value));
};

const inferType = (values: readonly unknown[], mayBeWhole: boolean): string => {
  if (values.length > 0 && values.every((value) => typeof value === "boolean")) return "BOOL";
  if (values.length > 0 && values.every(isWhole) && mayBeWhole) return "INT64";
  return values.some(isNumber) && values.every((value) => value === null || isNumber(value)) ? "FP64" : "BYTES";
};

/** A value in the JSON of the protocol: NaN and infinities as text, 64-bit integers with all digits. */
const toWire = (datatype: string, value: unknown): unknown => {
  const exact = exactOf(value);
  if (datatype.startsWith("FP") || datatype === "BF16") return value === null ? "NaN" : exact !== undefined ? (/[NI]/.test(exact) ? exact : bare(exact)) : typeof value === "boolean" ? Number(value) : value;
  if (datatype !== "BYTES") return typeof value === "boolean" && datatype !== "BOOL" ? Number(value) : value;
  return value === null || isText(value) ? value : stringifyExact(value);
};

const asTexts = (name: string, values: readonly unknown[]): Output => ({ name, shape: [values.length], datatype: "BYTES", data: values.map((value) => (isText(value) ? value : stringifyExact(value))) });

const toOutput = (name: string, values: unknown[], spec: TensorSpec | undefined, mayBeWhole: boolean): Output => {
  if (spec && isNested(spec)) return asTexts(name, values);
  const found = flatten(values);
  if (!found) return asTexts(name, values);
  const datatype = spec && fits(spec.datatype, found.flat) ? spec.datatype : inferType(found.flat, mayBeWhole);
  return { name, shape: found.shape, datatype, data: found.flat.map((value) => toWire(datatype, value)) };
};

const toOutputs = (predictions: unknown, specs: readonly TensorSpec[], mayBeWhole: boolean): Output[] => {
  const output = (name: string, values: unknown[]): Output => toOutput(name, values, specs.find((spec) => spec.name === name), mayBeWhole);
  if (isObject(predictions)) return Object.entries(predictions).map(([name, value]) => output(name, Array.isArray(value) ? value : [value]));
  const rows = Array.isArray(predictions) ? predictions : [predictions];
  const isRecords = rows.length > 0 && rows.every(isObject) && !(specs.length === 1 && specs[0] && isNested(specs[0]));
  if (isRecords) {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return names.map((name) => output(name, rows.map((row) => row[name] ?? null)));
  }
  // A matrix whose columns the signature names.
  if (specs.length > 1 && rows.every((row) => Array.isArray(row) && row.length === specs.length)) return specs.map(({ name }, index) => output(name, (rows as unknown[][]).map((row) => row[index])));
  return [output(specs.length === 1 && specs[0] ? specs[0].name : "predictions", rows)];
};

/**
 * Translates an answer of MLflow's scoring server (`{"predictions": …}`) into one of Open Inference Protocol v2: an array is
 * one output, records are one output a column, what no tensor holds is JSON text. Undefined where it is no such answer.
 */
export const toInferenceAnswer = (answer: Buffer, { scoring }: ServedVersion, { name, id }: { name: string; id: string | null }): Buffer | undefined => {
  const text = answer.toString("utf8");
  try {
    const document = parseExact(text);
    const predictions = isObject(document) ? document["predictions"] : undefined;
    if (predictions === undefined) return undefined;
    const outputs = toOutputs(predictions, scoring?.outputs ?? [], !hasDecimals(text));
    return Buffer.from(stringifyExact({ model_name: name, ...(id === null ? {} : { id }), outputs }));
  } catch (error) {
    // A broken answer of the server, or one that nests without end: the caller turns it into a 502.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
};

/** What a scoring server says is wrong, in the form of the protocol; the answer itself where it has no such form. */
export const toInferenceError = (answer: Buffer): Buffer => {
  try {
    const document: unknown = JSON.parse(answer.toString("utf8"));
    const message = isObject(document) ? (document["message"] ?? document["detail"]) : undefined;
    return message === undefined ? answer : Buffer.from(JSON.stringify({ error: typeof message === "string" ? message : JSON.stringify(message) }));
  } catch {
    // Passed on as it is: the status says enough.
    return answer;
  }
};
