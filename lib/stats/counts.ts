import { at, sum } from "./arrays";
import { requireSameLength } from "./result";

/** Two aligned count vectors without the positions that are empty on both sides. */
export type AlignedCounts = { reference: number[]; current: number[]; referenceTotal: number; currentTotal: number };

/**
 * Removes positions where both counts are 0 and sums both sides; null when a side has no rows, so that no measure exists. Counts are any
 * non-negative numbers. Raises `invalid` for vectors of different length.
 */
export const alignCounts = (reference: ArrayLike<number>, current: ArrayLike<number>): AlignedCounts | null => {
  requireSameLength(reference, current, "reference and current counts");
  const aligned = { reference: [] as number[], current: [] as number[] };
  for (let i = 0; i < reference.length; i++) {
    const r = at(reference, i);
    const c = at(current, i);
    if (r === 0 && c === 0) continue;
    aligned.reference.push(r);
    aligned.current.push(c);
  }
  const referenceTotal = sum(aligned.reference);
  const currentTotal = sum(aligned.current);
  return referenceTotal > 0 && currentTotal > 0 ? { ...aligned, referenceTotal, currentTotal } : null;
};

/** Shares of a count vector. */
export const sharesOf = (counts: readonly number[], total: number = sum(counts)): number[] => counts.map((count) => count / total);

/** Aligns two tables of counts by category: the union of keys in order of first appearance, keys compared code point by code point. */
export const alignCategories = (reference: ReadonlyMap<string, number>, current: ReadonlyMap<string, number>): { keys: string[]; reference: number[]; current: number[] } => {
  const keys = [...new Set([...reference.keys(), ...current.keys()])];
  return { keys, reference: keys.map((key) => reference.get(key) ?? 0), current: keys.map((key) => current.get(key) ?? 0) };
};
