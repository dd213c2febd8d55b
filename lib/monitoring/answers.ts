import { isObject, readJson } from "@/lib/core/json";

/** The answer to one row: the predicted class as text, and the score behind it. */
export type Answer = { predicted: string | null; score: number | null };

type Tensor = { name: string; datatype: string; width: number; data: unknown[] };

const labelTypes = new Set(["BYTES", "BOOL", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"]);
const scoreTypes = new Set(["FP16", "BF16", "FP32", "FP64"]);

/** Parses a stored body; undefined where there is none or it is no JSON object. */
export const parseBody = (body: Buffer | null): Record<string, unknown> | undefined => {
  if (!body) return undefined;
  const parsed = readJson(body.toString("utf8"));
  return isObject(parsed) ? parsed : undefined; // else there is nothing to profile; the call itself is counted all the same
};

const flatten = (data: unknown[]): unknown[] => (data.some(Array.isArray) ? data.flat(8) : data);

/** Reads a tensor of `rows` rows; undefined where its values are hidden or don't fit its shape. */
const readTensor = (given: unknown): (Tensor & { rows: number; hidden: ReadonlySet<number> }) | undefined => {
  if (!isObject(given) || !Array.isArray(given["data"])) return undefined;
  const { name, datatype, shape, data, redacted } = given;
  const values = flatten(data as unknown[]);
  const dims = Array.isArray(shape) ? shape.map(Number) : [values.length];
  const rows = dims[0] ?? 1;
  const width = dims.slice(1).reduce((product, dim) => product * dim, 1);
  if (!(rows >= 1) || !(width >= 1) || rows * width !== values.length) return undefined;
  const hidden = new Set(Array.isArray(redacted) ? redacted.filter((column): column is number => typeof column === "number") : []);
  return { name: String(name), datatype: String(datatype), rows, width, data: values, hidden };
};

const tensorsOf = (body: Record<string, unknown> | undefined, list: "inputs" | "outputs") => {
  const given = body?.[list];
  return Array.isArray(given) ? given.flatMap((tensor) => readTensor(tensor) ?? []) : [];
};

const argMax = (data: unknown[], from: number, width: number): number | null => {
  let best: number | null = null;
  for (let i = 0; i < width; i++) {
    const value = data[from + i];
    if (typeof value === "number" && (best === null || value > Number(data[from + best]))) best = i;
  }
  return best;
};

const textOf = (value: unknown): string | null => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null);

/**
 * Reads what the model answered, row by row (Open Inference Protocol v2): the class from an output of one whole number, text or boolean a
 * row, else the place of the largest value of a row of probabilities; the score is the probability of that class. A single
 * real number a row is a score without a class.
 */
export const readAnswers = (body: Record<string, unknown> | undefined): Answer[] => {
  const tensors = tensorsOf(body, "outputs").filter((tensor) => tensor.hidden.size === 0);
  const labels = tensors.find((tensor) => tensor.width === 1 && labelTypes.has(tensor.datatype));
  const scores = tensors.find((tensor) => tensor.width > 1 && scoreTypes.has(tensor.datatype)) ?? tensors.find((tensor) => scoreTypes.has(tensor.datatype));
  const rows = labels?.rows ?? scores?.rows ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const label = labels ? textOf(labels.data[row]) : null;
    if (!scores || scores.rows !== rows) return { predicted: label, score: null };
    const at = (column: number): number | null => {
      const value = scores.data[row * scores.width + column];
      return typeof value === "number" ? value : null;
    };
    if (scores.width === 1) return { predicted: label, score: at(0) };
    const best = argMax(scores.data, row * scores.width, scores.width);
    const place = label !== null && /^\d{1,6}$/.test(label) && Number(label) < scores.width ? Number(label) : best;
    return { predicted: label ?? (best === null ? null : String(best)), score: place === null ? null : at(place) };
  });
};

/** The one answer of a call: its class, or a JSON list of classes where it asked about several rows. */
export const joinAnswers = (answers: readonly Answer[]): Answer => {
  const [only] = answers;
  if (!only) return { predicted: null, score: null };
  if (answers.length === 1) return only;
  if (answers.some((answer) => answer.predicted === null)) return { predicted: null, score: null };
  const list = JSON.stringify(answers.map((answer) => answer.predicted));
  return { predicted: list.length <= 2000 ? list : null, score: null };
};

/** Where a feature's values stand in a request. */
export type FeaturePlace = { name: string; input: string; index: number };

/**
 * Adds the rows of a request to columns of features (one list a feature, in the order of `features`). Redacted columns and inputs that
 * are not there stay as they are. Returns how many rows it added.
 */
export const readFeatureRows = (body: Record<string, unknown> | undefined, features: readonly FeaturePlace[], columns: unknown[][]): number => {
  const tensors = new Map(tensorsOf(body, "inputs").map((tensor) => [tensor.name, tensor]));
  let rows = 0;
  features.forEach((feature, place) => {
    const tensor = tensors.get(feature.input);
    const column = columns[place];
    if (!tensor || !column || feature.index >= tensor.width || tensor.hidden.has(feature.index)) return;
    rows = Math.max(rows, tensor.rows);
    for (let row = 0; row < tensor.rows; row++) column.push(tensor.data[row * tensor.width + feature.index]);
  });
  return rows;
};
