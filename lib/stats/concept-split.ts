import { at, sum } from "./arrays";
import { requireSameLength, type UndefinedReason } from "./result";

export type ConceptSplit =
  | { referenceTotal: number; currentTotal: number; covariatePart: number; conceptPart: number; status: "ok" }
  | { referenceTotal: null; currentTotal: null; covariatePart: null; conceptPart: null; status: UndefinedReason };

/**
 * Splits a change of mean error into what moved inputs explain, sum (w_cur - w_ref) err_ref, and what the relation itself did,
 * sum w_cur (err_cur - err_ref), by bins of the score; w are bin shares. A bin without rows may carry any error: its weight is 0.
 */
export const splitErrorChange = (reference: { n: readonly number[]; error: readonly number[] }, current: { n: readonly number[]; error: readonly number[] }): ConceptSplit => {
  for (const part of [reference.error, current.n, current.error]) requireSameLength(reference.n, part, "bins");
  const referenceRows = sum(reference.n);
  const currentRows = sum(current.n);
  if (referenceRows === 0 || currentRows === 0) return { referenceTotal: null, currentTotal: null, covariatePart: null, conceptPart: null, status: "no_data" };
  const over = (value: (wRef: number, wCur: number, errRef: number, errCur: number) => number): number =>
    sum(reference.n.map((n, i) => value(n / referenceRows, at(current.n, i) / currentRows, at(reference.error, i), at(current.error, i))));
  return {
    referenceTotal: over((wRef, _, errRef) => wRef * errRef),
    currentTotal: over((_, wCur, __, errCur) => wCur * errCur),
    covariatePart: over((wRef, wCur, errRef) => (wCur - wRef) * errRef),
    conceptPart: over((_, wCur, errRef, errCur) => wCur * (errCur - errRef)),
    status: "ok",
  };
};
