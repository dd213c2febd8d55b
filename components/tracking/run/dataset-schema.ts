import { isObject } from "@/lib/core/json";

export type SchemaField = { name: string; type: string; required: boolean };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Clients may send any text as a schema; what is no JSON has no fields to show.
    return undefined;
  }
};

const fieldOf = (column: Record<string, unknown>, index: number): SchemaField => {
  const tensor = column["tensor-spec"];
  const type = isObject(tensor) ? `${String(tensor["dtype"])} [${Array.isArray(tensor["shape"]) ? tensor["shape"].join(", ") : ""}]` : typeof column["type"] === "string" ? column["type"] : "any";
  return { name: typeof column["name"] === "string" ? column["name"] : `column ${index}`, type, required: column["required"] !== false };
};

const fieldsIn = (value: unknown): SchemaField[] => (Array.isArray(value) ? value.filter(isObject).map(fieldOf) : isObject(value) ? fieldsIn(value["mlflow_colspec"] ?? value["mlflow_tensorspec"] ?? value["features"] ?? value["targets"]) : []);

/** Fields of a dataset as MLflow's clients describe them: columns of a table, or tensors. Empty where it says nothing readable. */
export const readSchema = (text: string | null): SchemaField[] => (text === null ? [] : fieldsIn(parse(text)));

/** Rows of a dataset by its profile, or undefined. */
export const readRowCount = (text: string | null): number | undefined => {
  const profile = text === null ? undefined : parse(text);
  const count = isObject(profile) ? profile["num_rows"] : undefined;
  return typeof count === "number" ? count : undefined;
};
