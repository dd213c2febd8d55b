import { createLcg, roundHalfEven } from "@/lib/stats";

export type VectorCase = {
  id: string;
  method: string;
  variant?: string;
  input: Record<string, unknown>;
  expected: Record<string, unknown>;
  tolerance: { abs: number; rel: number; fields?: Record<string, { abs: number; rel: number }> };
};

const transforms: Record<string, (u: number) => number> = {
  none: (u) => u,
  neg_log1m: (u) => -Math.log(1 - u),
  round1: (u) => roundHalfEven(10 * u) / 10,
  floor10: (u) => Math.floor(10 * u),
};

const asList = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`Not a list: ${JSON.stringify(value).slice(0, 80)}`);
};

/** Expands a list as conventions.lists describes; null stays, for the caller to remove. */
export const expandList = (value: unknown): (number | null)[] => {
  if (Array.isArray(value)) return value.map((item) => (item === null ? null : Number(item)));
  if (typeof value !== "object" || value === null) throw new Error("Not a list form.");
  const form = value as Record<string, unknown>;
  if (form["lcg"]) {
    const [seed, n] = asList(form["lcg"]).map(Number);
    const next = createLcg(seed ?? 0);
    const f = transforms[typeof form["transform"] === "string" ? form["transform"] : "none"];
    if (!f) throw new Error("Unknown transform.");
    return Array.from({ length: n ?? 0 }, () => Number(form["offset"] ?? 0) + Number(form["scale"] ?? 1) * f(next()));
  }
  if (form["rep"]) {
    const [values, counts] = asList(form["rep"]).map(asList);
    return (values ?? []).flatMap((item, i) => new Array<number>(Number(counts?.[i])).fill(Number(item)));
  }
  if (form["concat"]) return asList(form["concat"]).flatMap(expandList);
  const operands = asList(form["lt"] ?? form["add"]).map(expandList);
  const [a, b] = operands;
  if (!a || !b) throw new Error("A list form needs two lists.");
  return a.map((item, i) => {
    const other = b[i];
    if (item === null || other === null || other === undefined) return null;
    return form["lt"] ? Number(item < other) : item + other;
  });
};

/** Typed access to the input of a case. */
export const readInput = (input: Record<string, unknown>) => ({
  has: (name: string) => name in input,
  raw: (name: string) => input[name],
  number: (name: string): number => {
    const value = input[name];
    if (typeof value !== "number") throw new Error(`${name} is not a number`);
    return value;
  },
  nullableNumber: (name: string): number | null => (input[name] === null ? null : Number(input[name])),
  text: (name: string): string => String(input[name]),
  /** A list with missing values removed. */
  list: (name: string): number[] => expandList(input[name]).filter((value): value is number => value !== null),
  /** Parallel lists: rows with a missing value removed. */
  rows: (first: string, second: string): [number[], number[]] => {
    const a = expandList(input[first]);
    const b = expandList(input[second]);
    const kept = a.map((_, i) => i).filter((i) => a[i] !== null && b[i] !== null && b[i] !== undefined);
    return [kept.map((i) => Number(a[i])), kept.map((i) => Number(b[i]))];
  },
  matrix: (name: string): number[][] => asList(input[name]).map((row) => asList(row).map(Number)),
  records: (name: string): Record<string, unknown>[] => asList(input[name]) as Record<string, unknown>[],
  record: (name: string): Record<string, unknown> => input[name] as Record<string, unknown>,
  table: (name: string): Map<string, number> => new Map(Object.entries(input[name] as Record<string, number>)),
});

export type VectorInput = ReturnType<typeof readInput>;

/** Turns camelCase keys of a result into the snake_case of the vectors. */
export const snakeKeys = (result: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]));
