import { parse } from "yaml";

import { isObject } from "@/lib/core/json";

import { textOf, typeOfPort } from "./port-type";

export type PortRow = { name: string; type: string; required: boolean };
export type Mlmodel = {
  flavors: { name: string; facts: [string, string][] }[];
  facts: [string, string][];
  inputs: PortRow[];
  outputs: PortRow[];
  params: { name: string; type: string; fallback: string }[];
};

/** MLflow keeps each part of a signature as a text of JSON. */
const listOf = (text: unknown): Record<string, unknown>[] => {
  const value: unknown = typeof text === "string" ? JSON.parse(text) : text;
  return Array.isArray(value) ? value.filter(isObject) : [];
};

const portsOf = (text: unknown): PortRow[] => listOf(text).map((port, index) => ({ name: typeof port["name"] === "string" ? port["name"] : `${index}`, type: typeOfPort(port), required: port["required"] !== false && port["optional"] !== true }));

const shown = ["mlflow_version", "model_id", "run_id", "utc_time_created", "model_size_bytes"];

/** What a person reads in an MLmodel file; undefined when the text is none. */
export const readMlmodel = (text: string): Mlmodel | undefined => {
  try {
    const document: unknown = parse(text, { maxAliasCount: 20 });
    if (!isObject(document) || !isObject(document["flavors"])) return undefined;
    const signature = isObject(document["signature"]) ? document["signature"] : {};
    return {
      flavors: Object.entries(document["flavors"]).map(([name, config]) => ({ name, facts: isObject(config) ? Object.entries(config).filter(([, value]) => value !== null).map(([key, value]) => [key, textOf(value)]) : [] })),
      facts: shown.flatMap((key): [string, string][] => (document[key] === undefined || document[key] === null ? [] : [[key, textOf(document[key])]])),
      inputs: portsOf(signature["inputs"]),
      outputs: portsOf(signature["outputs"]),
      params: listOf(signature["params"]).map((param) => ({ name: textOf(param["name"]), type: textOf(param["type"]), fallback: textOf(param["default"]) })),
    };
  } catch {
    // Not YAML, or a signature that is not JSON: the file is shown as the text that it is.
    return undefined;
  }
};
