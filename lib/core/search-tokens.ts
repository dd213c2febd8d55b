import { AppError } from "./errors";

export type Token = { kind: "word" | "string" | "number" | "operator" | "punctuation"; text: string; at: number };

const operator = /<>|==|<=|>=|!=|=|<|>/y;
const number = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?=[\s,()]|$)/iy;
const isSpace = (character: string): boolean => /\s/.test(character);
const endsWord = (character: string): boolean => /[\s=!<>(),']/.test(character);

const excerptWidth = 60;

/** The part of a text around a place, on one line, with carets under what is meant. */
const pointAt = (text: string, at: number, length: number): string => {
  const from = Math.max(0, at - excerptWidth / 2);
  const shown = text.slice(from, from + excerptWidth).replace(/\s/g, " ");
  const lead = from > 0 ? "…" : "";
  const carets = "^".repeat(Math.max(1, Math.min(length, from + excerptWidth - at)));
  return `  ${lead}${shown}${from + excerptWidth < text.length ? "…" : ""}\n  ${" ".repeat(lead.length + at - from)}${carets}`;
};

type Code = "search.bad_filter" | "search.bad_order";

/** A mistake in a filter or order: says at which character, and shows it. `details.at` counts characters from 0. */
export const mistake = (text: string, at: number, length: number, message: string, code: Code = "search.bad_filter"): AppError =>
  new AppError("invalid", code, `${message} (at character ${at + 1})\n${pointAt(text, at, length)}`, { details: { at } });

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** End of a quoted part that begins at `at`, behind its closing quote; a doubled quote does not close it. Undefined when nothing does. */
const closeQuote = (text: string, at: number): number | undefined => {
  const quote = text.charAt(at);
  for (let end = text.indexOf(quote, at + 1); end >= 0; end = text.indexOf(quote, end + 2)) {
    if (quote === "`" || text.charAt(end + 1) !== quote) return end + 1;
  }
  return undefined;
};

/** Whether a quoted part of a word begins here: a single quote does so behind a dot alone, as in metrics.'val loss'. */
const opensPart = (text: string, at: number): boolean => ['"', "`"].includes(text.charAt(at)) || (text.charAt(at) === "'" && text.charAt(at - 1) === ".");

/** Where the word that begins at `at` ends: quoted parts may hold anything. */
const closeWord = (text: string, at: number, code: Code): number => {
  let end = at;
  while (end < text.length && (opensPart(text, end) || !endsWord(text.charAt(end)))) {
    const close = opensPart(text, end) ? closeQuote(text, end) : end + 1;
    if (close === undefined) throw mistake(text, end, text.length - end, `Invalid clause(s) in filter string: the quote ${text.charAt(end)} is never closed`, code);
    end = close;
  }
  return end;
};

/** Splits a filter into its tokens, in time that grows with its length. */
export const tokenize = (text: string, code: Code = "search.bad_filter"): Token[] => {
  const tokens: Token[] = [];
  const nul = text.indexOf("\0");
  if (nul >= 0) throw mistake(text, nul, 1, "Invalid clause(s) in filter string: it can't hold the character NUL", code);
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (isSpace(character)) {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at, character, code);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
};

const tokenAt = (text: string, at: number, character: string, code: Code): Token => {
  if (character === "(" || character === ")" || character === ",") return { kind: "punctuation", text: character, at };
  if (character === "'") {
    const end = closeQuote(text, at);
    if (end === undefined) throw mistake(text, at, text.length - at, "Invalid clause(s) in filter string: the quote ' is never closed", code);
    return { kind: "string", text: text.slice(at, end), at };
  }
  const found = matchAt(operator, text, at);
  if (found !== undefined) return { kind: "operator", text: found, at };
  const digits = matchAt(number, text, at);
  if (digits !== undefined) return { kind: "number", text: digits, at };
  const end = closeWord(text, at, code);
  if (end === at) throw mistake(text, at, 1, `Invalid clause(s) in filter string: '${character}' belongs to no clause`, code);
  return { kind: "word", text: text.slice(at, end), at };
};

const isWhole = (text: string, quote: string): boolean => text.length >= 2 && text.startsWith(quote) && closeQuote(text, 0) === text.length;

/** Whether a token is a text in quotes: single ones, or double ones around the whole word. */
export const isQuotedText = ({ kind, text }: Token): boolean => kind === "string" || (kind === "word" && isWhole(text, '"'));

/** What stands between the quotes of a text or name; doubled quotes stay as they are, as in MLflow. */
export const unquote = (text: string): string => (['"', "`", "'"].some((quote) => isWhole(text, quote)) ? text.slice(1, -1) : text);
