import { randomBytes } from "node:crypto";

/**
 * JSON as Python writes and reads it: NaN and infinities stand bare, integers have any length. Both are carried through
 * JavaScript as marked texts, so that no digit is lost. The mark is another one in every process: a caller can't forge it.
 */
const mark = `\uE000${randomBytes(8).toString("hex")}:`;
const marked = new RegExp(`"${mark}([^"]*)"`, "g");

const needsCare = /NaN|Infinity|\d{16}/;
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const isLong = (token: string): boolean => /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));

/** Parses JSON with Python's bare NaN, Infinity and long integers; raises SyntaxError. */
export const parseExact = (text: string): unknown =>
  JSON.parse(needsCare.test(text) ? text.replaceAll(tokens, (token) => (token.startsWith('"') ? token : /[NI]/.test(token) || isLong(token) ? `"${mark}${token}"` : token)) : text);

/** A value that is written without quotes, such as NaN. */
export const bare = (text: string): string => mark + text;

/** The text of a marked value, or undefined. */
export const exactOf = (value: unknown): string | undefined => (typeof value === "string" && value.startsWith(mark) ? value.slice(mark.length) : undefined);

/** Writes a document with its marked values bare. */
export const stringifyExact = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.includes(mark) ? text.replaceAll(marked, "$1") : text;
};

/** Whether a number of a document is written with a point or an exponent: JavaScript can't tell 1.0 from 1 afterwards. */
export const hasDecimals = (text: string): boolean => {
  for (const [token] of text.matchAll(tokens)) if (!token.startsWith('"') && /[.eE]/.test(token)) return true;
  return false;
};
