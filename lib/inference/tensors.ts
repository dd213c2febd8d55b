import { isObject } from "@/lib/core/json";

import type { BodyView } from "./schema";

/** A cell of a stored tensor: its value as text, or taken out before storage. */
export type TensorCell = { text: string; isRedacted: boolean };

export type StoredTensor = {
  name: string;
  datatype: string;
  shape: number[];
  /** Rows of cells; empty where the whole tensor was taken out. */
  rows: TensorCell[][];
  /** Cells beyond the first `maxCells` are counted, not shown. */
  hiddenCells: number;
  isRedacted: boolean;
};

const maxCells = 512;

const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value) ?? "");

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const readTensor = (tensor: Record<string, unknown>): StoredTensor => {
  const shape = Array.isArray(tensor["shape"]) ? tensor["shape"].map(Number) : [];
  const redacted = tensor["redacted"];
  const columns = new Set(Array.isArray(redacted) ? redacted.map(Number) : []);
  const flat: unknown[] = Array.isArray(tensor["data"]) ? tensor["data"].flat(Infinity) : [];
  const last = shape.at(-1);
  const width = last !== undefined && last > 0 && shape.length > 1 ? last : Math.max(1, flat.length);
  const cells = flat.slice(0, maxCells).map((value, index) => ({ text: show(value), isRedacted: columns.has(index % width) }));
  const rows = Array.from({ length: Math.ceil(cells.length / width) }, (_unused, row) => cells.slice(row * width, (row + 1) * width));
  return { name: textOf(tensor["name"]), datatype: textOf(tensor["datatype"]), shape, rows, hiddenCells: flat.length - cells.length, isRedacted: redacted === true };
};

/** The tensors of a stored Open Inference Protocol document; null where the body is something else. */
export const readTensors = (body: BodyView, list: "inputs" | "outputs"): StoredTensor[] | null => {
  if (body.form !== "json" || body.text === null) return null;
  const document: unknown = JSON.parse(body.text);
  const tensors = isObject(document) ? document[list] : undefined;
  return Array.isArray(tensors) && tensors.every(isObject) ? tensors.map(readTensor) : null;
};

/** A JSON body with line breaks, for reading. */
export const prettyText = (body: BodyView): string => (body.form === "json" && body.text !== null ? JSON.stringify(JSON.parse(body.text), null, 2) : (body.text ?? ""));
