import type { Datatype, TensorData } from "./datatypes";

/** One value that goes into or comes out of a model: row-major data and its concrete shape. */
export type Tensor = { name: string; datatype: Datatype; shape: number[]; data: TensorData };

/** An input or output that the runtime can carry; null dimensions are variable. */
export type Port = { name: string; datatype: Datatype; shape: (number | null)[] };

export type ModelInterface = {
  inputs: Port[];
  outputs: Port[];
  /** Outputs that exist but are not tensors of a type that JSON carries; they are not served. */
  unserved: string[];
  /** Whether rows of different requests may run together: shown at load, by running rows alone and together. */
  isBatchable: boolean;
};

export const formatShape = (shape: readonly (number | null)[]): string => `[${shape.map((dim) => dim ?? -1).join(", ")}]`;
