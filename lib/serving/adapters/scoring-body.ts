import { isObject, readJson } from "@/lib/core/json";

import type { ServablePort, ServableSignature } from "./types";

const sampleOf = (datatype: string): unknown => (datatype === "BYTES" ? "" : datatype === "BOOL" ? false : 0);

const fill = (shape: readonly (number | null)[], datatype: string): unknown => {
  const [size, ...rest] = shape;
  return size === undefined ? sampleOf(datatype) : Array.from({ length: size ?? 1 }, () => fill(rest, datatype));
};

const maxElements = 1_000_000;
const sizeOf = (port: ServablePort): number => (port.shape ?? [null]).reduce<number>((product, size) => product * (size ?? 1), 1);

/** A scoring request of one row of zeros that fits a signature; null where it has inputs that only their author could make up. */
export const scoringRequest = (signature: ServableSignature | null): string | null => {
  if (!signature || signature.inputs.length === 0) return null;
  const inputs = signature.inputs.filter(({ required }) => required !== false);
  if (inputs.length === 0 || inputs.some((port) => (port.kind !== undefined && port.kind !== "tensor") || sizeOf(port) > maxElements)) return null;
  const [only] = inputs;
  if (signature.form === "columns") return JSON.stringify({ dataframe_split: { columns: inputs.map(({ name }) => name), data: [inputs.map(({ datatype }) => sampleOf(datatype))] } });
  if (inputs.length === 1 && only && only.name === "input") return JSON.stringify({ inputs: fill(only.shape ?? [null], only.datatype) });
  return JSON.stringify({ inputs: Object.fromEntries(inputs.map(({ name, shape, datatype }) => [name, fill(shape ?? [null], datatype)])) });
};

/** Rows that a scoring request sends, where its form tells. */
const rowsOf = (body: string): number | null => {
  const document: unknown = JSON.parse(body);
  if (!isObject(document)) return null;
  const split = document["dataframe_split"];
  if (isObject(split) && Array.isArray(split["data"])) return split["data"].length;
  const records = document["dataframe_records"];
  return Array.isArray(records) ? records.length : null;
};

/** Python writes NaN and infinities bare; here only the form of the answer matters. */
const parse = (text: string): unknown => readJson(text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : "null")));

/** What is wrong with the answer to the probe request, or null when it holds a prediction for each row and every promised output. */
export const scoringProblem = (signature: ServableSignature | null, request: string, text: string): string | null => {
  const answer = parse(text);
  const predictions = isObject(answer) ? answer["predictions"] : undefined;
  if (predictions === undefined || predictions === null) return "The answer to a probe request holds no predictions: is this an MLflow scoring server?";
  const rows = rowsOf(request);
  if (!Array.isArray(predictions)) return null;
  if (rows !== null && predictions.length !== rows) return `The probe request has ${rows} ${rows === 1 ? "row" : "rows"}, its answer ${predictions.length} predictions.`;
  const [first] = predictions as unknown[];
  const outputs = signature?.outputs ?? [];
  if (!isObject(first) || outputs.length === 0 || outputs.some(({ name }) => name === "predictions")) return null;
  const missing = outputs.find(({ name, required }) => required !== false && !(name in first));
  return missing ? `The answer to a probe request lacks the output "${missing.name}" of the signature.` : null;
};
