import { at, mean, sum, sumOfSquaredDeviations } from "./arrays";
import { dot, symmetricEigen } from "./matrix";

/** A principal-component model of a reference: what is needed to score rows later. */
export type PcaModel = { means: number[]; deviations: number[]; components: number[][]; varianceRatios: number[] };

const standardise = (row: readonly number[], model: { means: number[]; deviations: number[] }): number[] =>
  row.map((value, i) => (value - at(model.means, i)) / at(model.deviations, i));

/**
 * Fits PCA on rows standardised by mean and deviation (divisor n; a constant column is only centred) and keeps the first `components`.
 * null for fewer than two rows. The rows must be complete numbers of one length.
 */
export const fitPca = (rows: readonly (readonly number[])[], components: number): PcaModel | null => {
  const width = rows[0]?.length ?? 0;
  if (rows.length < 2 || width === 0) return null;
  const columns = Array.from({ length: width }, (_, i) => rows.map((row) => at(row, i)));
  const means = columns.map((column) => mean(column) ?? 0);
  const deviations = columns.map((column) => Math.sqrt(sumOfSquaredDeviations(column) / column.length) || 1);
  const scaled = columns.map((column, i) => column.map((value) => (value - at(means, i)) / at(deviations, i)));
  const eigen = symmetricEigen(scaled.map((a) => scaled.map((b) => dot(a, b) / rows.length)));
  const total = sum(eigen.values);
  return { means, deviations, components: eigen.vectors.slice(0, components), varianceRatios: eigen.values.map((value) => (total > 0 ? value / total : 0)) };
};

/** Reconstruction error of each row: L2 norm of row minus its projection, in standardised units. */
export const reconstructionErrors = (model: PcaModel, rows: readonly (readonly number[])[]): number[] =>
  rows.map((row) => {
    const scaled = standardise(row, model);
    const scores = model.components.map((component) => dot(component, scaled));
    return Math.sqrt(sum(scaled.map((value, i) => (value - model.components.reduce((total, component, k) => total + at(component, i) * at(scores, k), 0)) ** 2)));
  });
