import { AppError } from "@/lib/core/errors";

import { concatData, sliceData } from "./datatypes";
import type { Tensor } from "./tensors";

/** A request that waits for its model. */
export type Pending = {
  inputs: Tensor[];
  /** Rows when the model is batchable; Infinity makes the request run alone. */
  rows: number;
  arrivedAtMs: number;
  resolve: (outputs: Tensor[]) => void;
  reject: (error: Error) => void;
};

/** How many requests at the head of the queue fit one run of at most `maxRows` rows; at least one. */
export const countBatch = (queue: readonly Pending[], maxRows: number): number => {
  let rows = 0;
  let count = 0;
  for (const pending of queue) {
    rows += pending.rows;
    if (count > 0 && rows > maxRows) break;
    count++;
  }
  return count;
};

/** Puts the rows of several requests under each other; inputs of a batchable model differ only in their first dimension. */
export const mergeInputs = (batch: readonly Pending[]): Tensor[] => {
  const [first] = batch;
  if (!first || batch.length === 1) return first?.inputs ?? [];
  const rows = batch.reduce((sum, pending) => sum + pending.rows, 0);
  return first.inputs.map((tensor, index) => ({
    ...tensor,
    shape: [rows, ...tensor.shape.slice(1)],
    data: concatData(batch.map((pending) => pending.inputs[index]?.data ?? []), tensor.datatype),
  }));
};

/** Cuts the outputs of a merged run into those of each request; raises internal when the model did not give one row for each. */
export const splitOutputs = (batch: readonly Pending[], outputs: readonly Tensor[]): Tensor[][] => {
  if (batch.length === 1) return [[...outputs]];
  const total = batch.reduce((sum, pending) => sum + pending.rows, 0);
  for (const { name, shape } of outputs) if (shape[0] !== total) throw new AppError("internal", "runtime.rows_lost", `The model gave ${shape[0] ?? 0} rows of "${name}" for ${total}.`);
  let from = 0;
  return batch.map(({ rows }) => {
    const to = from + rows;
    const part = outputs.map((tensor) => {
      const width = tensor.data.length / total;
      return { ...tensor, shape: [rows, ...tensor.shape.slice(1)], data: sliceData(tensor.data, from * width, to * width) };
    });
    from = to;
    return part;
  });
};
