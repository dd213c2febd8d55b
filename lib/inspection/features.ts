import { AppError } from "@/lib/core/errors";
import { type Signature } from "./schema";

/** One number or text that a model takes for a row: input tensor `input`, position `index` within the row. */
export type Feature = { name: string; input: string; index: number; datatype: string };

const maxFeatures = 4_096;

/**
 * Lists the features of a row in the order in which they are sent. A [N, k] tensor gives k features, named by `names`, else
 * by the signature's feature names, else `input[0]` …; an input of one value a row ([N], [N, 1]) is one feature of its own
 * name; higher ranks are flattened row-major. Inputs whose width is variable, or that aren't tensors, have no features.
 * Raises `invalid` when `names` doesn't have exactly one name for each feature.
 */
export const featuresOf = (signature: Pick<Signature, "inputs"> & { featureNames?: readonly string[] | null | undefined }, names?: readonly string[]): Feature[] => {
  const features: Feature[] = [];
  for (const port of signature.inputs) {
    if (port.kind !== "tensor" || port.shape === null) continue;
    const row = port.shape.slice(1);
    let width = 1;
    for (const dim of row) width = dim === null ? NaN : width * dim;
    if (!(width >= 1) || features.length + width > maxFeatures) continue;
    const isScalar = row.length === 0 || (width === 1 && signature.inputs.length > 1);
    for (let index = 0; index < width; index++) features.push({ name: isScalar ? port.name : `${port.name}[${index}]`, input: port.name, index, datatype: port.datatype });
  }
  if (names && names.length !== features.length) {
    throw new AppError("invalid", "inspection.feature_names", `The model takes ${features.length} features, but ${names.length} names were given; give exactly one for each, in the model's order.`);
  }
  const chosen = names ?? (signature.featureNames?.length === features.length ? signature.featureNames : null);
  return chosen ? features.map((feature, index) => ({ ...feature, name: chosen[index] ?? feature.name })) : features;
};
