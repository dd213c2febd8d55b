import { AppError } from "@/lib/core/errors";
import { type Feature, featuresOf } from "@/lib/inspection";
import type { StoredSignature } from "@/lib/registry";
import { buildFeatureReference } from "@/lib/stats";

import type { ReferenceCounts, ReferenceSpec } from "./profiles";
import { decodeUtf8, readCsv, readJsonRows } from "./table-reader";

export const minReferenceRows = 1_000;
export const maxReferenceBytes = 200_000_000;
const bins = 10;
const pointShare = 0.1;

const isText = (datatype: string): boolean => datatype === "BYTES" || datatype === "BOOL";
const missing = new Set(["", "null", "NULL", "NaN", "nan", "NA"]);

/** Features of a version that can be profiled: none of the sensitive ones, whose values never reach the log. */
export const profiledFeatures = (signature: StoredSignature): Feature[] => {
  const names = signature.inputs.flatMap((port) => port.features ?? []);
  const hidden = new Map(signature.inputs.map((port) => [port.name, port.sensitive]));
  const all = featuresOf({ inputs: signature.inputs });
  const named = all.length === names.length ? all.map((feature, index) => ({ ...feature, name: names[index] ?? feature.name })) : nameByPort(all, signature);
  return named.filter((feature) => {
    const sensitive = hidden.get(feature.input);
    return sensitive !== true && !(Array.isArray(sensitive) && sensitive.includes(feature.index));
  });
};

const nameByPort = (features: Feature[], signature: StoredSignature): Feature[] =>
  features.map((feature) => ({ ...feature, name: signature.inputs.find((port) => port.name === feature.input)?.features?.[feature.index] ?? feature.name }));

const bad = (row: number, column: string, value: unknown, why: string): AppError =>
  new AppError("invalid", "reference.bad_value", `Row ${row}, column "${column}": ${JSON.stringify(value)?.slice(0, 60) ?? "nothing"} is ${why}.`, { details: { row, column } });

const textOf = (value: unknown): string | null => (typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null);

/** A value of a text or number column as the profile counts it; null where it is missing. Raises invalid that names row and column. */
const readValue = (value: unknown, feature: Feature, row: number): unknown => {
  if (value === null || value === undefined || (typeof value === "string" && missing.has(value.trim()))) return null;
  if (isText(feature.datatype)) {
    const text = textOf(value);
    if (text === null) throw bad(row, feature.name, value, "not a single value");
    return text;
  }
  const number = typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : typeof value === "string" ? Number(value.trim()) : NaN;
  if (!Number.isFinite(number)) throw bad(row, feature.name, value, "not a finite number");
  return number;
};

export type ReferenceInput = { body: AsyncIterable<Uint8Array>; format: "csv" | "json"; predictionColumn: string | undefined };
export type BuiltReference = { rows: number; spec: ReferenceSpec; counts: ReferenceCounts };

type Columns = { features: unknown[][]; predictions: string[]; rows: number };

const requireColumns = (present: readonly string[], features: readonly Feature[], predictionColumn: string | undefined): void => {
  const absent = features.filter((feature) => !present.includes(feature.name)).map((feature) => feature.name);
  if (absent.length > 0) throw new AppError("invalid", "reference.missing_columns", `The rows have no column ${absent.slice(0, 8).map((name) => `"${name}"`).join(", ")}${absent.length > 8 ? ` and ${absent.length - 8} more` : ""}; every feature of the version's signature needs one.`, { details: { missing: absent.slice(0, 100) } });
  if (predictionColumn !== undefined && !present.includes(predictionColumn)) throw new AppError("invalid", "reference.missing_columns", `The rows have no column "${predictionColumn}" for the predicted class.`);
};

const addPrediction = (columns: Columns, value: unknown, row: number, name: string): void => {
  const text = textOf(value);
  if (text === null || text === "") throw bad(row, name, value, "no class");
  columns.predictions.push(text);
};

const readColumns = async (features: readonly Feature[], input: ReferenceInput): Promise<Columns> => {
  const columns: Columns = { features: features.map(() => []), predictions: [], rows: 0 };
  const text = decodeUtf8(input.body, maxReferenceBytes);
  const { predictionColumn } = input;
  if (input.format === "json") {
    for (const [index, row] of (await readJsonRows(text)).entries()) {
      if (index === 0) requireColumns(Object.keys(row), features, predictionColumn);
      features.forEach((feature, place) => columns.features[place]?.push(readValue(row[feature.name], feature, index + 1)));
      if (predictionColumn !== undefined) addPrediction(columns, row[predictionColumn], index + 1, predictionColumn);
      columns.rows += 1;
    }
    return columns;
  }
  let places: number[] | undefined;
  await readCsv(text, (table, record, row) => {
    if (!places) {
      requireColumns(table.columns, features, predictionColumn);
      places = features.map((feature) => table.columns.indexOf(feature.name));
    }
    for (const [place, feature] of features.entries()) columns.features[place]?.push(readValue(record[places[place] ?? -1], feature, row));
    if (predictionColumn !== undefined) addPrediction(columns, record[table.columns.indexOf(predictionColumn)], row, predictionColumn);
    columns.rows += 1;
  });
  return columns;
};

/**
 * Pins bins and categories of every feature from reference rows and counts those rows. Numbers get about 10 quantile bins and a bin of
 * their own for values of at least a tenth of the rows. Raises invalid that names row and column, or how many rows are missing.
 */
export const buildReference = async (signature: StoredSignature, input: ReferenceInput): Promise<BuiltReference> => {
  const features = profiledFeatures(signature);
  if (features.length === 0) throw new AppError("unprocessable", "reference.no_features", "The version's signature has no feature that could be profiled: its inputs are not tensors of a fixed width, or all are sensitive.");
  const columns = await readColumns(features, input);
  if (columns.rows < minReferenceRows) throw new AppError("unprocessable", "reference.too_few_rows", `A reference needs ${minReferenceRows} rows at least; these are ${columns.rows}.`);
  const built = features.map((feature, place) => ({ feature, ...buildFeatureReference(columns.features[place] ?? [], isText(feature.datatype) ? "categorical" : "numeric", { bins, pointShare }) }));
  const predictions: Record<string, number> = {};
  for (const value of columns.predictions) predictions[value] = (predictions[value] ?? 0) + 1;
  return {
    rows: columns.rows,
    spec: { features: built.map(({ feature, spec }) => ({ name: feature.name, input: feature.input, index: feature.index, datatype: feature.datatype, spec })), hasPredictions: input.predictionColumn !== undefined },
    counts: { features: Object.fromEntries(built.map(({ feature, counts }) => [feature.name, counts])), predictions: input.predictionColumn === undefined ? null : predictions },
  };
};
