import { isObject } from "@/lib/core/json";
import type { SensitiveTensor } from "@/lib/inference";

/** Beyond this a body is not parsed for redaction, hence not stored where something in it is sensitive. */
export const maxParsedBytes = 1_048_576;

const hide = (data: unknown, shape: unknown, columns: readonly number[]): unknown[] | null => {
  if (!Array.isArray(data)) return null;
  if (data.length > 0 && data.every(Array.isArray)) {
    const rows = data.map((row) => hide(row, undefined, columns));
    return rows.every((row) => row !== null) ? rows : null;
  }
  const width = Array.isArray(shape) ? Number(shape.at(-1)) : data.length;
  if (!Number.isInteger(width) || width < 1) return null;
  return data.map((value: unknown, index) => (columns.includes(index % width) ? null : value));
};

/** Only what Open Inference Protocol defines and what can't hold a value of a tensor is carried over. */
const redactTensor = (tensor: Record<string, unknown>, rule: SensitiveTensor | undefined): Record<string, unknown> => {
  const { name, shape, datatype, data } = tensor;
  if (!rule) return { name, shape, datatype, data };
  const kept = rule.columns ? hide(data, shape, rule.columns) : null;
  return { name, shape, datatype, data: kept, redacted: kept === null ? true : rule.columns };
};

const parse = (body: Buffer): Record<string, unknown> | null => {
  if (body.length > maxParsedBytes) return null;
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return isObject(parsed) ? parsed : null;
  } catch {
    // Not JSON: the caller stores nothing, which is the safe answer.
    return null;
  }
};

/**
 * Takes sensitive tensors (or columns of them) out of an Open Inference Protocol document. Returns null, meaning "store
 * nothing", where the document can't be parsed or a sensitive tensor is not where it belongs: its values may be anywhere.
 */
const redactDocument = (body: Buffer, list: "inputs" | "outputs", rules: readonly SensitiveTensor[], kept: readonly string[]): Buffer | null => {
  const document = parse(body);
  const tensors = document?.[list];
  if (!document || !Array.isArray(tensors) || !tensors.every(isObject)) return null;
  const names = tensors.map((tensor) => tensor["name"]);
  if (rules.some((rule) => !names.includes(rule.name)) || new Set(names).size !== names.length) return null;
  const rest = Object.fromEntries(kept.filter((name) => name in document).map((name) => [name, document[name]]));
  return Buffer.from(JSON.stringify({ ...rest, [list]: tensors.map((tensor) => redactTensor(tensor, rules.find((rule) => rule.name === tensor["name"]))) }));
};

export const redactRequest = (body: Buffer, rules: readonly SensitiveTensor[]): Buffer | null => redactDocument(body, "inputs", rules, ["id"]);
export const redactResponse = (body: Buffer, rules: readonly SensitiveTensor[]): Buffer | null => redactDocument(body, "outputs", rules, ["id", "model_name", "model_version"]);
