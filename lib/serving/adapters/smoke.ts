import { isObject } from "@/lib/core/json";

import type { ServablePort, ServableSignature } from "./types";

const isTensor = (port: ServablePort): port is ServablePort & { shape: (number | null)[] } => port.shape !== null && (port.kind === undefined || port.kind === "tensor");
const fill = (datatype: string): unknown => (datatype === "BYTES" ? "" : datatype === "BOOL" ? false : 0);

/** An Open Inference request of one row of zeros that fits the signature, or null when it names no inputs. */
export const smokeRequest = (signature: ServableSignature | null): { inputs: { name: string; datatype: string; shape: number[]; data: unknown[] }[] } | null => {
  if (!signature || signature.inputs.length === 0 || !signature.inputs.every(isTensor)) return null;
  return {
    inputs: signature.inputs.filter(isTensor).map(({ name, datatype, shape }) => {
      const concrete = shape.map((size) => size ?? 1);
      return { name, datatype, shape: concrete, data: Array<unknown>(concrete.reduce((product, size) => product * size, 1)).fill(fill(datatype)) };
    }),
  };
};

/** What is wrong with the answer to the probe request, or null when every promised output is there with its type. */
export const smokeProblem = (signature: ServableSignature | null, body: unknown): string | null => {
  const outputs = isObject(body) && Array.isArray(body["outputs"]) ? body["outputs"].filter(isObject) : undefined;
  if (!outputs) return "The answer to a probe request holds no outputs.";
  for (const expected of (signature?.outputs ?? []).filter(isTensor)) {
    const found = outputs.find((output) => output["name"] === expected.name);
    if (!found) return `The answer to a probe request lacks the output "${expected.name}" of the signature.`;
    if (found["datatype"] !== expected.datatype) return `The output "${expected.name}" came as ${String(found["datatype"])}, the signature says ${expected.datatype}.`;
    const data = Array.isArray(found["data"]) ? found["data"].flat(8) : [];
    if (data.some((value) => typeof value === "number" && !Number.isFinite(value))) return `The output "${expected.name}" is not a finite number for a row of zeros.`;
  }
  return null;
};
