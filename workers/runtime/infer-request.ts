import { AppError } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";

import { datatypes } from "./datatypes";
import { decodeData } from "./tensor-data";
import { formatShape, type ModelInterface, type Port, type Tensor } from "./tensors";

export type InferRequest = {
  id: string | undefined;
  /** In the order of the model's inputs. */
  inputs: Tensor[];
  /** Names of the outputs to answer with, in the order asked for. */
  outputs: string[];
};

const maxElements = 100_000_000;
const maxIdLength = 1_024;

const refuse = (message: string): AppError => new AppError("invalid", "runtime.bad_request", message);
const quote = (value: unknown): string => (JSON.stringify(value) ?? "undefined").slice(0, 120);
const listNames = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ") || "none";

/** Parses the body of an infer call (Open Inference Protocol v2, REST) against the model; raises invalid that says what to change. */
export const parseInferRequest = (body: string, model: ModelInterface): InferRequest => {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch (cause) {
    const hint = /\b(NaN|-?Infinity)\b/.test(body) ? ' NaN and Infinity are not JSON: write them as the texts "NaN", "Infinity" and "-Infinity".' : "";
    throw new AppError("invalid", "runtime.bad_json", `The body is not JSON: ${cause instanceof Error ? cause.message : "it can't be parsed"}.${hint}`, { cause });
  }
  if (!isObject(request)) throw refuse('The body must be an object with "inputs".');
  const { id, inputs, outputs, parameters } = request;
  if (id !== undefined && (typeof id !== "string" || id.length > maxIdLength)) throw refuse(`"id" is ${quote(id)}; it must be a text of at most ${maxIdLength} characters.`);
  refuseBinary(parameters, "The request");
  if (!Array.isArray(inputs)) throw refuse(`"inputs" is missing or not an array; the model takes ${listNames(model.inputs.map((port) => port.name))}.`);
  return { id, inputs: parseInputs(inputs, model), outputs: parseOutputs(outputs, model) };
};

const parseInputs = (inputs: readonly unknown[], model: ModelInterface): Tensor[] => {
  const given = new Map<string, Record<string, unknown>>();
  for (const [index, input] of inputs.entries()) {
    if (!isObject(input) || typeof input["name"] !== "string") throw refuse(`inputs[${index}] must be an object with a name.`);
    if (given.has(input["name"])) throw refuse(`Input "${input["name"].slice(0, 120)}" is given twice.`);
    given.set(input["name"], input);
  }
  const tensors: Tensor[] = [];
  for (const port of model.inputs) {
    const input = given.get(port.name);
    if (!input) throw refuse(`Input "${port.name}" is missing: the model takes ${port.datatype} ${formatShape(port.shape)}. Given were ${listNames([...given.keys()].map((name) => name.slice(0, 120)).slice(0, 20))}.`);
    given.delete(port.name);
    tensors.push(parseInput(input, port));
  }
  const [unknown] = given.keys();
  if (unknown !== undefined) throw refuse(`The model has no input ${quote(unknown)}; it takes ${listNames(model.inputs.map((port) => port.name))}.`);
  return tensors;
};

const parseInput = (input: Record<string, unknown>, port: Port): Tensor => {
  const { name, datatype: expected } = port;
  refuseBinary(input["parameters"], `Input "${name}"`);
  if (input["datatype"] !== expected) {
    const known = (datatypes as readonly unknown[]).includes(input["datatype"]) ? "" : ` Datatypes are ${datatypes.join(", ")}.`;
    throw refuse(`Input "${name}": datatype is ${quote(input["datatype"])}, but the model takes ${expected}.${known}`);
  }
  const shape = parseShape(name, input["shape"]);
  const fits = shape.length === port.shape.length && port.shape.every((dim, index) => dim === null || dim === shape[index]);
  if (!fits) throw refuse(`Input "${name}": shape is ${formatShape(shape)}, but the model takes ${formatShape(port.shape)} (-1 is any size).`);
  return { name, datatype: expected, shape, data: decodeData(name, expected, shape, input["data"]) };
};

const parseShape = (name: string, shape: unknown): number[] => {
  if (!Array.isArray(shape)) throw refuse(`Input "${name}": shape is ${quote(shape)}; it must be an array of whole numbers.`);
  let size = 1;
  const dims: number[] = [];
  for (const dim of shape as unknown[]) {
    if (typeof dim !== "number" || !Number.isSafeInteger(dim) || dim < 1) throw refuse(`Input "${name}": shape is ${quote(shape)}; every dimension must be a whole number from 1 up.`);
    size *= dim;
    if (size > maxElements || dims.push(dim) > 32) throw refuse(`Input "${name}": shape ${quote(shape)} is too large; at most ${maxElements} elements and 32 dimensions are taken.`);
  }
  return dims;
};

const parseOutputs = (outputs: unknown, model: ModelInterface): string[] => {
  const served = model.outputs.map((port) => port.name);
  if (outputs === undefined || outputs === null || (Array.isArray(outputs) && outputs.length === 0)) return served;
  if (!Array.isArray(outputs)) throw refuse(`"outputs" is ${quote(outputs)}; it must be an array of objects with a name.`);
  const asked = new Set<string>();
  for (const [index, output] of (outputs as unknown[]).entries()) {
    if (!isObject(output) || typeof output["name"] !== "string") throw refuse(`outputs[${index}] must be an object with a name.`);
    const name = output["name"];
    refuseBinary(output["parameters"], `Output ${quote(name)}`);
    if (model.unserved.includes(name)) throw refuse(`Output "${name}" is not a tensor that JSON can carry, so it is not served; the model gives ${listNames(served)}.`);
    if (!served.includes(name)) throw refuse(`The model has no output ${quote(name)}; it gives ${listNames(served)}.`);
    asked.add(name);
  }
  return [...asked];
};

/** Other parameters are free for clients and are ignored; these ask for an encoding that would be answered wrongly. */
const refuseBinary = (parameters: unknown, whose: string): void => {
  if (parameters === undefined || parameters === null) return;
  if (!isObject(parameters)) throw refuse(`${whose} has parameters that are not an object.`);
  for (const key of ["binary_data", "binary_data_output"]) if (parameters[key] === true) throw refuse(`${whose} asks for ${key}: the binary extension is not supported by this runtime; leave it out to get JSON.`);
  if (parameters["binary_data_size"] !== undefined) throw refuse(`${whose} has binary_data_size: the binary extension is not supported by this runtime; send data as JSON.`);
};
