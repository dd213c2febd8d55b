import type { TensorData } from "./datatypes";
import { concatData, createNumeric } from "./datatypes";
import type { Session } from "./session";
import type { Port, Tensor } from "./tensors";

const maxProbeElements = 4_000_000;

/**
 * Tells whether rows of different requests may be run together: the first dimension of every input and output is
 * variable, all others of the inputs are fixed, and two rows give alone what they give together, in either order. A model
 * that mixes rows (statistics over the batch, time steps in the first dimension) fails this and is run request by request.
 */
export const probeBatching = async (session: Session): Promise<boolean> => {
  const hasRows = session.inputs.length > 0 && session.inputs.every(isRowInput) && session.outputs.every((port) => port.shape[0] === null);
  if (!hasRows) return false;
  const first = session.inputs.map((port) => makeRow(port, 1));
  const second = session.inputs.map((port) => makeRow(port, 2));
  try {
    const alone = [await session.run(first), await session.run(second)] as const;
    const forth = await session.run(stack(first, second));
    const back = await session.run(stack(second, first));
    return isStacked(forth, alone[0], alone[1]) && isStacked(back, alone[1], alone[0]);
  } catch {
    // A model that can't take made-up rows may still serve real ones; it only isn't batched.
    return false;
  }
};

const widthOf = (port: Port): number => port.shape.slice(1).reduce<number>((product, dim) => product * (dim ?? NaN), 1);
const isRowInput = (port: Port): boolean => port.shape[0] === null && widthOf(port) >= 1 && widthOf(port) <= maxProbeElements;

/** A row of small numbers that differ between seeds; whole numbers are 0 or 1, so that they are valid indices. */
const makeRow = (port: Port, seed: number): Tensor => {
  const width = widthOf(port);
  return { name: port.name, datatype: port.datatype, shape: [1, ...port.shape.slice(1).map((dim) => dim ?? 1)], data: makeData(port, width, seed) };
};

const makeData = ({ datatype }: Port, width: number, seed: number): TensorData => {
  const bit = (index: number): number => (index + seed) % 2;
  if (datatype === "BYTES") return Array.from({ length: width }, (_, index) => (bit(index) ? "a" : "b"));
  if (datatype === "INT64") return BigInt64Array.from({ length: width }, (_, index) => BigInt(bit(index)));
  if (datatype === "UINT64") return BigUint64Array.from({ length: width }, (_, index) => BigInt(bit(index)));
  const memory = createNumeric(datatype, width);
  for (let index = 0; index < width; index++) memory[index] = datatype.startsWith("FP") ? Math.abs(Math.sin((index + 1) * 12.9898 * seed)) * 4 : bit(index);
  return memory;
};

const stack = (first: readonly Tensor[], second: readonly Tensor[]): Tensor[] =>
  first.map((tensor, index) => {
    const other = second[index];
    return { ...tensor, shape: [2, ...tensor.shape.slice(1)], data: concatData(other ? [tensor.data, other.data] : [tensor.data], tensor.datatype) };
  });

const isStacked = (together: readonly Tensor[], first: readonly Tensor[], second: readonly Tensor[]): boolean =>
  together.every((tensor, index) => {
    const [a, b] = [first[index], second[index]];
    if (!a || !b || tensor.shape[0] !== 2 || a.shape[0] !== 1 || b.shape[0] !== 1) return false;
    const expected = concatData([a.data, b.data], tensor.datatype);
    return expected.length === tensor.data.length && expected.every((value: unknown, at: number) => isClose(value, tensor.data[at]));
  });

/** Kernels may sum in another order for more rows, so floats are compared with a tolerance far below any real mixing of rows. */
const isClose = (a: unknown, b: unknown): boolean => Object.is(a, b) || a === b || (typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= 1e-5 + 1e-4 * Math.abs(a));
