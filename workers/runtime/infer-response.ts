import { encodeData } from "./tensor-data";
import type { Tensor } from "./tensors";

/** The only version of a served model: a Slipway version is a model of its own here. */
export const servedVersion = "1";

/** Writes the answer of an infer call (Open Inference Protocol v2, REST). */
export const encodeInferResponse = (model: string, id: string | undefined, outputs: readonly Tensor[]): string => {
  const tensors = outputs.map(({ name, datatype, shape, data }) => `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}],"data":[${encodeData(datatype, data)}]}`);
  return `{"model_name":"${model}","model_version":"${servedVersion}",${id === undefined ? "" : `"id":${JSON.stringify(id)},`}"outputs":[${tensors.join(",")}]}`;
};
