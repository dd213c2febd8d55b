import { at } from "./arrays";

/** Step-up adjustment p_(i) * m * factor / i, made monotone from the largest down and capped at 1, in input order. */
const stepUp = (p: readonly number[], factor: number): number[] => {
  const order = p.map((_, index) => index).sort((i, j) => at(p, j) - at(p, i));
  const adjusted = new Array<number>(p.length).fill(1);
  let smallest = 1;
  order.forEach((index, position) => {
    smallest = Math.min(smallest, (at(p, index) * p.length * factor) / (p.length - position));
    adjusted[index] = smallest;
  });
  return adjusted;
};

/** Adjusted p-values in input order that control the false discovery rate (Y. Benjamini and Y. Hochberg, JRSS B 57, 1995). */
export const benjaminiHochberg = (p: readonly number[]): number[] => stepUp(p, 1);

/** The same under any dependence: times sum 1/i (Y. Benjamini and D. Yekutieli, Annals of Statistics 29, 2001). */
export const benjaminiYekutieli = (p: readonly number[]): number[] => stepUp(p, p.reduce((total, _, index) => total + 1 / (index + 1), 0));

/** Adjusted p-values that control the chance of any false rejection: p times the number of tests, capped at 1. */
export const bonferroni = (p: readonly number[]): number[] => p.map((value) => Math.min(1, value * p.length));
