import { isObject } from "@/lib/core/json";

import { invalid } from "../errors";
import { toStorable, toStorableJson } from "../storable";
import type { KeyValue } from "../store-runs";

const hint = "See the API docs for more information about request parameters.";
/** Fields that clients also send as numbers. */
const idPattern = /(?:^|_)(?:ids?|uuid|version|token)$/;
const missingValue = (name: string) => invalid(`Missing value for required parameter '${name}'. ${hint}`);

const pythonType = (value: unknown): string => {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
};

/** Fields of one MLflow request: unknown ones are ignored, numbers may be texts, null means absent. Every problem names its field. */
export type Input = {
  /** A required text that is not empty. */
  need: (name: string) => string;
  text: (name: string) => string | undefined;
  /** A text that may be empty; absent counts as empty. */
  plain: (name: string) => string;
  int: (name: string) => number | undefined;
  needInt: (name: string) => number;
  /** An integer of 64 bits: a bigint where a double can't hold it. */
  long: (name: string) => number | bigint | undefined;
  needLong: (name: string) => number | bigint;
  needDouble: (name: string) => number;
  flag: (name: string, fallback?: boolean) => boolean;
  choice: <T extends string>(name: string, names: readonly T[]) => T | undefined;
  texts: (name: string) => string[];
  items: (name: string) => Input[];
  /** A required list that is not empty. */
  needItems: (name: string) => Input[];
  /** A field as messages name it, with its place in lists. */
  label: (name: string) => string;
  child: (name: string) => Input;
  tags: (name: string) => KeyValue[];
  /** An object whose values are texts; other values become JSON. */
  map: (name: string) => Record<string, string>;
  /** Any JSON, made storable. */
  json: (name: string) => unknown;
};

/** Reads fields from a JSON object or from the parameters of an address. `path` leads error messages of nested fields. */
export const readInput = (raw: Record<string, unknown>, path = ""): Input => {
  const label = (name: string): string => `${path}${name}`;
  const get = (name: string): unknown => raw[name] ?? undefined;
  const wrong = (name: string, value: unknown) => invalid(`Invalid value ${JSON.stringify(value)} for parameter '${label(name)}' supplied:  Hint: Value was of type '${pythonType(value)}'. ${hint}`);

  const text = (name: string): string | undefined => {
    const value = get(name);
    if (value === undefined) return value;
    if (typeof value === "string") return checkText(name, value);
    if (typeof value === "number" && idPattern.test(name)) return String(value);
    throw wrong(name, value);
  };
  /** Postgres holds no NUL. */
  const checkText = (name: string, value: string): string => {
    if (value.includes("\0")) throw invalid(`Invalid value for parameter '${label(name)}' supplied: it holds a NUL character. ${hint}`);
    return value;
  };
  const number = (name: string): number | undefined => {
    const value = get(name);
    if (value === undefined || typeof value === "number") return value;
    if (typeof value === "string" && value.trim() !== "") {
      const parsed = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity }[value] ?? (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(value.trim()) ? Number(value) : undefined);
      if (parsed !== undefined) return parsed;
    }
    throw wrong(name, value);
  };
  const int = (name: string): number | undefined => {
    const value = number(name);
    if (value !== undefined && (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63)) throw wrong(name, get(name));
    return value;
  };
  const long = (name: string): number | bigint | undefined => {
    const value = get(name);
    if (typeof value !== "string" || !/^-?\d{16,19}$/.test(value)) return int(name);
    const exact = BigInt(value);
    if (BigInt.asIntN(64, exact) !== exact) throw wrong(name, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : exact;
  };
  const present = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw missingValue(label(name));
    return value;
  };
  const list = (name: string): unknown[] => {
    const value = get(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    if (typeof value === "string") return [value];
    throw wrong(name, value);
  };
  const items = (name: string): Input[] => {
    if (typeof get(name) === "string") throw wrong(name, get(name));
    return list(name).map((item, index) => {
      if (!isObject(item)) throw wrong(`${name}[${index}]`, item);
      return readInput(item, `${label(name)}[${index}].`);
    });
  };

  return {
    text,
    int,
    long,
    label,
    items,
    needItems: (name) => {
      const found = items(name);
      if (found.length === 0) throw missingValue(label(name));
      return found;
    },
    need: (name) => {
      const value = text(name);
      if (value === undefined || value === "") throw missingValue(label(name));
      return value;
    },
    plain: (name) => text(name) ?? "",
    needInt: (name) => present(name, int(name)),
    needLong: (name) => present(name, long(name)),
    needDouble: (name) => present(name, number(name)),
    flag: (name, fallback = false) => {
      const value = get(name);
      if (value === undefined || typeof value === "boolean") return value ?? fallback;
      if (typeof value === "string" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
      throw wrong(name, value);
    },
    choice: (name, names) => {
      const value = get(name);
      if (value === undefined || value === "") return undefined;
      const chosen = names.find((candidate, index) => candidate === value || index + 1 === value || String(index + 1) === value);
      if (chosen === undefined) throw wrong(name, value);
      return chosen;
    },
    texts: (name) =>
      list(name).map((item, index) => {
        if (typeof item === "string") return checkText(`${name}[${index}]`, item);
        if (typeof item === "number" && idPattern.test(name)) return String(item);
        throw wrong(`${name}[${index}]`, item);
      }),
    child: (name) => {
      const value = get(name);
      if (value !== undefined && !isObject(value)) throw wrong(name, value);
      return readInput(value ?? {}, `${label(name)}.`);
    },
    json: (name) => toStorableJson(get(name)),
    map: (name) => {
      const value = get(name) ?? {};
      if (!isObject(value)) throw wrong(name, value);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [toStorable(key), toStorable(typeof item === "string" ? item : JSON.stringify(item))]));
    },
    tags: (name) => items(name).map((item) => ({ key: item.need("key"), value: item.plain("value") })),
  };
};
