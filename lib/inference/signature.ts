import { isObject } from "@/lib/core/json";

import type { ScoringSpec, SensitiveTensor, TensorSpec } from "./schema";

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Positions of the sensitive fields of a tensor whose columns have names. */
const sensitiveColumns = (tensor: Record<string, unknown>): number[] =>
  records(tensor["features"] ?? tensor["columns"]).flatMap((feature, index) => (feature["sensitive"] === true ? [index] : []));

const sensitiveOf = (tensors: unknown): SensitiveTensor[] =>
  records(tensors).flatMap((tensor): SensitiveTensor[] => {
    const name = String(tensor["name"]);
    const given = tensor["sensitive"];
    if (given === true) return [{ name }];
    const columns = Array.isArray(given) ? given.filter((column): column is number => typeof column === "number") : sensitiveColumns(tensor);
    return columns.length > 0 ? [{ name, columns }] : [];
  });

/** A tensor is as sensitive as the strictest of the versions that see it. */
const merge = (tensors: SensitiveTensor[]): SensitiveTensor[] => {
  const byName = new Map<string, SensitiveTensor>();
  for (const tensor of tensors) {
    const known = byName.get(tensor.name);
    if (!known) byName.set(tensor.name, tensor);
    else if (!known.columns || !tensor.columns) byName.set(tensor.name, { name: tensor.name });
    else byName.set(tensor.name, { name: tensor.name, columns: [...new Set([...known.columns, ...tensor.columns])].sort((a, b) => a - b) });
  }
  return [...byName.values()];
};

/** The tensors, or columns of them, that the stored signatures of an endpoint's versions mark as sensitive. */
export const sensitiveFields = (signatures: readonly unknown[]): { inputs: SensitiveTensor[]; outputs: SensitiveTensor[] } => {
  const known = signatures.filter(isObject);
  return {
    inputs: merge(known.flatMap((signature) => sensitiveOf(signature["inputs"]))),
    outputs: merge(known.flatMap((signature) => sensitiveOf(signature["outputs"]))),
  };
};

/** Names, datatypes and shapes of one side of a stored signature. */
const specsOf = (tensors: unknown): TensorSpec[] =>
  records(tensors).map((tensor) => ({
    name: String(tensor["name"]),
    datatype: typeof tensor["datatype"] === "string" ? tensor["datatype"] : "FP32",
    shape: Array.isArray(tensor["shape"]) ? tensor["shape"].map((size) => (typeof size === "number" ? size : -1)) : [],
  }));

export const inputSpecs = (signature: unknown): TensorSpec[] => specsOf(isObject(signature) ? signature["inputs"] : undefined);

/** How a scoring server at `url` is asked, by the stored signature of the version that it holds. */
export const scoringSpecOf = (signature: unknown, url: string): ScoringSpec => {
  const known = isObject(signature) ? signature : {};
  return {
    url,
    form: known["form"] === "columns" || known["form"] === "tensors" ? known["form"] : records(known["inputs"]).length > 0 ? "tensors" : null,
    outputs: specsOf(known["outputs"]),
    params: Array.isArray(known["params"]) ? known["params"].map(String) : [],
    optional: records(known["inputs"]).flatMap((tensor) => (tensor["required"] === false ? [String(tensor["name"])] : [])),
  };
};
