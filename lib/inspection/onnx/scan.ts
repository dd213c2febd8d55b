import { type Limits } from "../limits";
import { type Finding, type Port } from "../schema";
import { BadModel } from "./source";

/** An entry of external_data as the file states it; numbers are null where absent, NaN where not a number. */
export type ExternalEntry = { tensor: string; locations: string[]; offset: number | null; length: number | null; neededBytes: number | undefined };

export type Graph = { name: string; inputs: Port[]; outputs: Port[] };

/** What is gathered while the messages of one file go by. */
export type Scan = {
  readonly limits: Limits;
  irVersion: number | null;
  producer: { name: string; version: string };
  domain: string;
  modelVersion: number;
  opsets: Map<string, number>;
  graph: Graph | null;
  /** `domain` + NUL + `type` → count, over graph, subgraphs and functions. */
  operators: Map<string, number>;
  /** Operators that the file itself defines, in the same spelling. */
  functions: Set<string>;
  parameterCount: number;
  nodes: number;
  tensors: number;
  external: ExternalEntry[];
  metadata: Map<string, string>;
  metadataBytes: number;
  metadataCut: boolean;
  hasTraining: boolean;
  unknownTopFields: Set<number>;
  findings: Finding[];
};

export const createScan = (limits: Limits): Scan => ({
  limits,
  irVersion: null,
  producer: { name: "", version: "" },
  domain: "",
  modelVersion: 0,
  opsets: new Map(),
  graph: null,
  operators: new Map(),
  functions: new Set(),
  parameterCount: 0,
  nodes: 0,
  tensors: 0,
  external: [],
  metadata: new Map(),
  metadataBytes: 0,
  metadataCut: false,
  hasTraining: false,
  unknownTopFields: new Set(),
  findings: [],
});

/** ONNX spells its own domain either as the empty string or as `ai.onnx`; we use the latter. */
export const normalDomain = (domain: string): string => (domain === "" ? "ai.onnx" : domain);

export const operatorKey = (domain: string, type: string): string => `${normalDomain(domain)}\0${type}`;

/** Raises BadModel when a count passes its limit. */
export const checkCount = (count: number, max: number, what: string): void => {
  if (count > max) throw new BadModel("onnx.too_large", `The file has more than ${max} ${what}; such a model can't be inspected.`);
};
