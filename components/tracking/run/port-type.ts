import { isObject } from "@/lib/core/json";

export const textOf = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value));

/** The type of a column or tensor as MLflow's clients describe it: "double", "long[]", "float64 [n, 8]". */
export const typeOfPort = (port: Record<string, unknown>): string => {
  const tensor = port["tensor-spec"];
  if (isObject(tensor)) return `${textOf(tensor["dtype"])} [${Array.isArray(tensor["shape"]) ? tensor["shape"].map((size) => (size === -1 ? "n" : textOf(size))).join(", ") : ""}]`;
  const { type, items, values } = port;
  if (type === "array" && isObject(items)) return `${typeOfPort(items)}[]`;
  if (type === "map" && isObject(values)) return `map of ${typeOfPort(values)}`;
  return typeof type === "string" ? type : "any";
};
