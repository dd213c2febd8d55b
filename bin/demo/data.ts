import { readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(process.cwd(), "examples", "digits");

export type DigitRow = { id: string; pixels: number[]; label: string };
export type Pool = "train" | "heldout_usual" | "heldout_thick";
export type ModelFiles = { bytes: Buffer; evaluation: Record<string, unknown>; modelCard: Record<string, unknown> };

/** The digits example: real rows by part of its split, names of the pixels, and the files of each model. */
export const loadDigits = () => {
  const [head = "", ...lines] = readFileSync(path.join(folder, "digits.csv"), "utf8").trim().split("\n");
  const columns = head.trim().split(",");
  const featureNames = columns.slice(1, -1);
  const rows = new Map(
    lines.map((line) => {
      const cells = line.trim().split(",");
      return [cells[0] ?? "", { id: cells[0] ?? "", pixels: cells.slice(1, -1).map(Number), label: cells.at(-1) ?? "" }];
    }),
  );
  const { parts } = JSON.parse(readFileSync(path.join(folder, "split.json"), "utf8")) as { parts: Record<Pool, (string | number)[]> };
  const pool = (name: Pool): DigitRow[] => parts[name].flatMap((id) => rows.get(String(id)) ?? []);
  const json = (name: string) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Record<string, unknown>;
  const model = (name: string): ModelFiles => ({ bytes: readFileSync(path.join(folder, "models", `${name}.onnx`)), evaluation: json(`evaluation-${name}.json`), modelCard: json(`model-card-${name}.json`) });
  return { featureNames, pool, model };
};

/** CSV of the features of rows: what a reference is pinned from. */
export const toCsv = (featureNames: readonly string[], rows: readonly DigitRow[]): Buffer => Buffer.from([featureNames.join(","), ...rows.map((row) => row.pixels.join(","))].join("\n"));

/** Seeded random numbers in [0, 1): the linear congruential generator of the test vectors. */
export const openRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};
