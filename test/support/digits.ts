import { readFile } from "node:fs/promises";

export type Digit = { id: number; pixels: number[]; label: number };
export type DigitsPart = "train" | "train_thick" | "heldout_usual" | "heldout_thick";

/** The rows of the digits example by id, and the ids of each of its parts. */
export const readDigits = async (): Promise<{ header: string[]; rows: Map<number, Digit>; part: (name: DigitsPart) => Digit[] }> => {
  const text = await readFile(new URL("../../examples/digits/digits.csv", import.meta.url), "utf8");
  const split = JSON.parse(await readFile(new URL("../../examples/digits/split.json", import.meta.url), "utf8")) as { parts: Record<string, number[]> };
  const [head = "", ...lines] = text.trim().split("\n");
  const header = head.trim().split(",");
  const rows = new Map(
    lines.map((line) => {
      const values = line.split(",").map(Number);
      const digit: Digit = { id: values[0] ?? -1, pixels: values.slice(1, 65), label: values[65] ?? -1 };
      return [digit.id, digit] as const;
    }),
  );
  return { header: header.slice(1, 65), rows, part: (name) => (split.parts[name] ?? []).flatMap((id) => rows.get(id) ?? []) };
};

/** A CSV of rows with the names of the 64 pixels, and the labels as the predicted class. */
export const digitsCsv = (header: readonly string[], digits: readonly Digit[]): string => [`${header.join(",")},prediction`, ...digits.map((digit) => `${digit.pixels.join(",")},${digit.label}`)].join("\n");
