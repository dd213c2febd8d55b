import { at } from "./arrays";

/** Values of the reference beyond the dictionary that are still known by name, so that NEW means never seen; the rest can't be told apart. */
const maxTail = 10_000;

/**
 * Pinned categories: `dictionary` by falling frequency; `tail` are the further values of the reference, counted together as OTHER.
 * `tailIsComplete` is false when the reference had too many values to keep: then unknown values count as OTHER, never as NEW.
 */
export type CategoricalSpec = { kind: "categorical"; dictionary: string[]; tail: string[]; tailIsComplete: boolean };

/** Rows by dictionary entry, OTHER (known to the reference, not in the dictionary) and NEW (`unseen`); beside them missing rows. */
export type CategoricalCounts = {
  kind: "categorical";
  rows: number;
  values: number[];
  other: number;
  unseen: number;
  nullCount: number;
  nanCount: number;
  /** Rows that are no string, number or boolean. */
  mismatchCount: number;
};

/** The text of a category, or why the row has none. Keys are compared code point by code point: no folding, no trimming. */
const keyOf = (value: unknown): string | null | undefined => {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isNaN(value) ? null : String(value);
  return typeof value === "boolean" || typeof value === "bigint" ? String(value) : undefined;
};

export const specifyCategories = (values: ArrayLike<unknown>, dictionarySize: number): CategoricalSpec => {
  const counts = new Map<string, number>();
  for (let i = 0; i < values.length; i++) {
    const key = keyOf(values[i]);
    if (typeof key === "string") counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([key]) => key);
  const tail = keys.slice(dictionarySize, dictionarySize + maxTail);
  return { kind: "categorical", dictionary: keys.slice(0, dictionarySize), tail, tailIsComplete: keys.length <= dictionarySize + maxTail };
};

export const emptyCategoricalCounts = (spec: CategoricalSpec): CategoricalCounts => ({
  kind: "categorical",
  rows: 0,
  values: new Array<number>(spec.dictionary.length).fill(0),
  other: 0,
  unseen: 0,
  nullCount: 0,
  nanCount: 0,
  mismatchCount: 0,
});

export const countCategories = (spec: CategoricalSpec, values: ArrayLike<unknown>): CategoricalCounts => {
  const counts = emptyCategoricalCounts(spec);
  counts.rows = values.length;
  const places = new Map<string, number>(spec.dictionary.map((key, i) => [key, i]));
  const tail = new Set(spec.tail);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const key = keyOf(value);
    if (typeof key === "string") {
      const place = places.get(key);
      if (place !== undefined) counts.values[place] = (counts.values[place] ?? 0) + 1;
      else if (!spec.tailIsComplete || tail.has(key)) counts.other++;
      else counts.unseen++;
    } else if (key === null) counts.nanCount++;
    else if (value === null || value === undefined) counts.nullCount++;
    else counts.mismatchCount++;
  }
  return counts;
};

export const mergeCategoricalCounts = (a: CategoricalCounts, b: CategoricalCounts): CategoricalCounts => ({
  kind: "categorical",
  rows: a.rows + b.rows,
  values: a.values.map((count, i) => count + at(b.values, i)),
  other: a.other + b.other,
  unseen: a.unseen + b.unseen,
  nullCount: a.nullCount + b.nullCount,
  nanCount: a.nanCount + b.nanCount,
  mismatchCount: a.mismatchCount + b.mismatchCount,
});
