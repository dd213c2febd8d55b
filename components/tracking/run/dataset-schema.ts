import { isObject, readJson } from "@/lib/core/json";

import { typeOfPort } from "./port-type";

export type SchemaField = { name: string; type: string; required: boolean };

const fieldOf = (column: Record<string, unknown>, index: number): SchemaField => ({ name: typeof column["name"] === "string" ? column["name"] : `column ${index}`, type: typeOfPort(column), required: column["required"] !== false });

const fieldsIn = (value: unknown): SchemaField[] => (Array.isArray(value) ? value.filter(isObject).map(fieldOf) : isObject(value) ? fieldsIn(value["mlflow_colspec"] ?? value["mlflow_tensorspec"] ?? value["features"] ?? value["targets"]) : []);

/** Fields of a dataset as MLflow's clients describe them: columns of a table, or tensors. Empty where it says nothing readable. */
export const readSchema = (text: string | null): SchemaField[] => (text === null ? [] : fieldsIn(readJson(text)));

/** Rows of a dataset by its profile, or undefined. */
export const readRowCount = (text: string | null): number | undefined => {
  const profile = text === null ? undefined : readJson(text);
  const count = isObject(profile) ? profile["num_rows"] : undefined;
  return typeof count === "number" ? count : undefined;
};
