import { at } from "./arrays";

/** Eigenvalues of a symmetric matrix in decreasing order with unit eigenvectors, vectors[i] belonging to values[i]. */
export type Eigen = { values: number[]; vectors: number[][] };

const entry = (matrix: readonly (readonly number[])[], i: number, j: number): number => at(matrix[i] ?? [], j);

/** Eigen decomposition of a small symmetric matrix by cyclic Jacobi rotations (G. H. Golub and C. F. Van Loan, Matrix Computations, 8.5). */
export const symmetricEigen = (matrix: readonly (readonly number[])[]): Eigen => {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  const rotate = (rows: number[][], i: number, j: number, k: number, l: number, s: number, tau: number): void => {
    const g = entry(rows, i, j);
    const h = entry(rows, k, l);
    const first = rows[i];
    const second = rows[k];
    if (first) first[j] = g - s * (h + g * tau);
    if (second) second[l] = h + s * (g - h * tau);
  };
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += Math.abs(entry(a, p, q));
    if (off === 0) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const apq = entry(a, p, q);
        const scale = Math.abs(entry(a, p, p)) + Math.abs(entry(a, q, q));
        const rowP = a[p];
        const rowQ = a[q];
        if (!rowP || !rowQ) continue;
        if (Math.abs(apq) <= 1e-18 * scale) {
          rowP[q] = 0;
          continue;
        }
        const theta = (entry(a, q, q) - entry(a, p, p)) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        const tau = s / (1 + c);
        rowP[p] = entry(a, p, p) - t * apq;
        rowQ[q] = entry(a, q, q) + t * apq;
        rowP[q] = 0;
        for (let j = 0; j < p; j++) rotate(a, j, p, j, q, s, tau);
        for (let j = p + 1; j < q; j++) rotate(a, p, j, j, q, s, tau);
        for (let j = q + 1; j < size; j++) rotate(a, p, j, q, j, s, tau);
        for (let j = 0; j < size; j++) rotate(v, j, p, j, q, s, tau);
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => entry(a, j, j) - entry(a, i, i));
  return { values: order.map((i) => entry(a, i, i)), vectors: order.map((i) => v.map((row) => at(row, i))) };
};

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i);
  return total;
};
