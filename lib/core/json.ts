export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Tells whether a value is a plain object, the shape that most documents have. */
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a text that others wrote says as JSON; undefined when it is none. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON has no such value, so the caller can tell
  }
};

const pair = /("(?:[^"\\]|\\.)*") ?: ?("(?:[^"\\]|\\.)*")/g;

/** The JSON of an object of texts, as the JSON of a list of {key, value}. */
export const listPairs = (object: string): string => `[${object.slice(1, -1).replace(pair, '{"key":$1,"value":$2}').trim()}]`;
