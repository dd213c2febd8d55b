import { isObject, readJson } from "@/lib/core/json";

import { type MlflowField, type MlflowParam } from "../schema";

/** Types within types that are read; beyond it a type is written as `…`. */
const maxDepth = 8;
const maxTypeLength = 512;
const maxProperties = 64;

const words = (value: unknown): string => (typeof value === "string" ? value.slice(0, 64) : "unknown");

/** Writes a column's type out: `double`, `array(string)`, `map(long)`, `object(city: string, zip?: long)`. */
const typeText = (spec: Record<string, unknown>, depth = 0): string => {
  if (depth > maxDepth) return "…";
  const member = (value: unknown): string => (isObject(value) ? typeText(value, depth + 1) : words(value));
  switch (spec["type"]) {
    case "array":
      return `array(${member(spec["items"])})`;
    case "map":
      return `map(${member(spec["values"])})`;
    case "object": {
      const properties = isObject(spec["properties"]) ? Object.entries(spec["properties"]).slice(0, maxProperties) : [];
      return `object(${properties.map(([name, value]) => `${name.slice(0, 64)}${isObject(value) && value["required"] === false ? "?" : ""}: ${member(value)}`).join(", ")})`;
    }
    default:
      return words(spec["type"]);
  }
};

const cut = (text: string): string => (text.length > maxTypeLength ? `${text.slice(0, maxTypeLength - 1)}…` : text);
const shapeOf = (shape: unknown): (number | null)[] | null =>
  Array.isArray(shape) ? (shape as unknown[]).slice(0, 32).map((dim) => (typeof dim === "number" && Number.isSafeInteger(dim) && dim >= 0 ? dim : null)) : null;

/** The list in a part of a signature: JSON text, or the list itself; null when it can't be read or is too long. */
const listOf = (stated: unknown, maxFields: number): Record<string, unknown>[] | null => {
  const list = typeof stated === "string" ? readJson(stated) : stated;
  return Array.isArray(list) && list.length <= maxFields && list.every(isObject) ? list : null;
};

/** Reads inputs or outputs of an MLflow signature: column specs (also nested ones) or tensor specs. Null when they can't be read. */
export const readFields = (stated: unknown, maxFields: number): MlflowField[] | null =>
  listOf(stated, maxFields)?.map((item) => {
    const name = typeof item["name"] === "string" ? item["name"].slice(0, 1_024) : null;
    const required = item["required"] !== false && item["optional"] !== true;
    const spec = item["tensor-spec"];
    if (item["type"] === "tensor" && isObject(spec)) return { name, type: `tensor(${words(spec["dtype"])})`, required, shape: shapeOf(spec["shape"]) };
    return { name, type: cut(typeText(item)), required, shape: null };
  }) ?? null;

/** Reads the parameters of an MLflow signature, defaults as JSON text. Null when they can't be read. */
export const readParams = (stated: unknown, maxFields: number): MlflowParam[] | null =>
  listOf(stated, maxFields)?.flatMap((item) =>
    typeof item["name"] === "string" ? [{ name: item["name"].slice(0, 1_024), type: cut(typeText(item)), default: cut(JSON.stringify(item["default"] ?? null)), shape: shapeOf(item["shape"]) }] : [],
  ) ?? null;
