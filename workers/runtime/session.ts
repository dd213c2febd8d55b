import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";

import { AppError } from "@/lib/core/errors";

import { type Datatype, datatypeOf, ortTypes, type TensorData } from "./datatypes";
import { formatShape, type Port, type Tensor } from "./tensors";

/** A loaded model. `run` blocks the thread while the model computes. */
export type Session = {
  inputs: Port[];
  outputs: Port[];
  unserved: string[];
  run: (inputs: readonly Tensor[]) => Promise<Tensor[]>;
};

/** Loads an ONNX file on the processor; raises unprocessable when the bundled runtime can't serve it, with the reason. */
export const openSession = async (path: string, threads: number): Promise<Session> => {
  const session = await InferenceSession.create(path, { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential", graphOptimizationLevel: "all", logSeverityLevel: 3 });
  const inputs = session.inputMetadata.map((value) => {
    const port = toPort(value);
    if (!port) throw new AppError("unprocessable", "runtime.unserved_input", `The model's input "${value.name}" is not a tensor of a type that JSON carries; export it with FP32 inputs.`);
    return port;
  });
  const outputs = session.outputMetadata.flatMap((value) => toPort(value) ?? []);
  const unserved = session.outputMetadata.filter((value) => !toPort(value)).map((value) => value.name);
  if (outputs.length === 0) throw new AppError("unprocessable", "runtime.no_tensor_output", `The model's outputs (${unserved.join(", ")}) are not tensors of a type that JSON carries; export it without ZipMap.`);
  const fetches = outputs.map((port) => port.name);
  return {
    inputs,
    outputs,
    unserved,
    run: async (tensors) => {
      const feeds = Object.fromEntries(tensors.map((tensor) => [tensor.name, toOrt(tensor)]));
      const results = await session.run(feeds, fetches);
      return outputs.map((port) => {
        const result = results[port.name];
        if (!result) throw new AppError("internal", "runtime.missing_output", `The model gave no output "${port.name}".`);
        return { name: port.name, datatype: port.datatype, shape: [...result.dims], data: toData(port, result) };
      });
    },
  };
};

const toPort = (value: InferenceSession.ValueMetadata): Port | undefined => {
  const datatype = value.isTensor ? datatypeOf(value.type) : undefined;
  return value.isTensor && datatype ? { name: value.name, datatype, shape: value.shape.map((dim) => (typeof dim === "number" ? dim : null)) } : undefined;
};

// ONNX Runtime's tensors are typed pair by pair (type name, array); our own pairs come from one table, so the pair is right by construction.
const toOrt = ({ datatype, data, shape }: Tensor): OrtTensor => new OrtTensor(ortTypes[datatype] as "float32", data as Float32Array, shape);

/** Copies the result: its memory belongs to ONNX Runtime and can't move to another thread. */
const toData = (port: Port, result: OrtTensor): TensorData => {
  const { data } = result;
  if (Array.isArray(data)) return data;
  if (ortTypes[port.datatype satisfies Datatype] !== result.type) throw new AppError("internal", "runtime.wrong_output", `The model gave ${result.type} for output "${port.name}" ${formatShape(port.shape)}, which it declares as ${port.datatype}.`);
  return (data as Float32Array).slice();
};
