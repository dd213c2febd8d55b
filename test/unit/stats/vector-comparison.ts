import { type VectorCase } from "./vector-input";

const numberOf = (value: unknown): unknown => (value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : value);

/** Lists every difference between what a method returned and what the case expects, by the rule of conventions.tolerance. */
export const differences = (vector: VectorCase, actual: Record<string, unknown>): string[] => {
  const found: string[] = [];
  const compare = (path: string, field: string, want: unknown, have: unknown): void => {
    const expected = numberOf(want);
    if (Array.isArray(expected)) {
      const list = ArrayBuffer.isView(have) ? Array.from(have as Float64Array) : have;
      if (!Array.isArray(list) || list.length !== expected.length) found.push(`${path}: expected a list of ${expected.length}, got ${JSON.stringify(have)}`);
      else expected.forEach((item, i) => compare(`${path}[${i}]`, field, item, list[i]));
    } else if (typeof expected === "object" && expected !== null) {
      for (const [key, item] of Object.entries(expected)) compare(`${path}.${key}`, key, item, (have as Record<string, unknown> | null)?.[key]);
    } else if (typeof expected === "number") {
      const { abs, rel } = vector.tolerance.fields?.[field] ?? vector.tolerance;
      const close = typeof have === "number" && (have === expected || Math.abs(have - expected) <= abs + rel * Math.abs(expected));
      if (!close) found.push(`${path}: expected ${expected}, got ${String(have)}`);
    } else if (have !== expected) found.push(`${path}: expected ${String(expected)}, got ${String(have)}`);
  };
  for (const [key, value] of Object.entries(vector.expected)) compare(key, key, value, actual[key]);
  return found;
};
