import type { RunKeys } from "@/lib/tracking";
import { quoteKey } from "./columns";

export type Completion = { label: string; insert: string; kind: "metric" | "param" | "tag" | "attribute" | "operator" | "value" | "joint" };
export type Completions = { from: number; to: number; options: Completion[] };

const attributes = ["run_name", "status", "user_id", "start_time", "end_time", "run_id"];
const statuses = ["RUNNING", "FINISHED", "FAILED", "KILLED", "SCHEDULED"];
const numberOperators = [">", ">=", "<", "<=", "=", "!="];
const textOperators = ["=", "!=", "LIKE", "ILIKE", "IN"];
const maxOptions = 8;

type Piece = { text: string; kind: "name" | "operator" | "value" | "joint" | "open" | "close" | "comma"; from: number; to: number };

const operatorWord = /^(like|ilike|in|not|is|null)$/i;

/** Cuts what stands before the cursor into pieces, forgivingly: the text is still being typed. */
const piecesOf = (text: string): Piece[] =>
  [...text.matchAll(/'[^']*'?|\(|\)|,|[=!<>]+|(?:`[^`]*`?|"[^"]*"?|[^\s'(),=!<>`"])+/g)].map(({ 0: word, index }) => {
    const kind: Piece["kind"] = word === "(" ? "open" : word === ")" ? "close" : word === "," ? "comma" : /^[=!<>]+$/.test(word) || operatorWord.test(word) ? "operator" : /^(and|or)$/i.test(word) ? "joint" : /^('|[-+]?\.?\d)/.test(word) ? "value" : "name";
    return { text: word, kind, from: index, to: index + word.length };
  });

const namesOf = (keys: RunKeys): Completion[] => [
  ...keys.metrics.map((key) => ({ label: `metrics.${key}`, insert: `metrics.${quoteKey(key)}`, kind: "metric" as const })),
  ...keys.params.map((key) => ({ label: `params.${key}`, insert: `params.${quoteKey(key)}`, kind: "param" as const })),
  ...attributes.map((key) => ({ label: `attributes.${key}`, insert: `attributes.${key}`, kind: "attribute" as const })),
  ...keys.tags.map((key) => ({ label: `tags.${key}`, insert: `tags.${quoteKey(key)}`, kind: "tag" as const })),
];

const words = (texts: readonly string[], kind: Completion["kind"]): Completion[] => texts.map((text) => ({ label: text, insert: text, kind }));

const matching = (options: readonly Completion[], typed: string): Completion[] => {
  const wanted = typed.replaceAll(/[`"']/g, "").toLowerCase();
  const rank = ({ label }: Completion): number => {
    const at = label.toLowerCase().indexOf(wanted);
    return at < 0 ? -1 : at === 0 || label.toLowerCase().indexOf(`.${wanted}`) >= 0 ? 0 : 1;
  };
  return options.map((option) => ({ option, at: rank(option) })).filter(({ option, at }) => at >= 0 && option.insert !== typed).sort((a, b) => a.at - b.at).slice(0, maxOptions).map(({ option }) => option);
};

/** What could stand at the cursor: a name, a comparison for it, a value where the values are known, or AND and OR. */
export const completionsAt = (text: string, cursor: number, keys: RunKeys): Completions => {
  const pieces = piecesOf(text.slice(0, cursor));
  const last = pieces.at(-1);
  const isTyping = last !== undefined && last.to === cursor && last.kind !== "open" && last.kind !== "comma" && last.kind !== "close" && !(last.kind === "value" && last.text.length > 1 && last.text.endsWith("'"));
  const typed = isTyping ? last.text : "";
  const before = isTyping ? pieces.slice(0, -1) : pieces;
  const place = { from: isTyping ? last.from : cursor, to: cursor };
  const previous = before.at(-1);
  if (isTyping && last.kind === "operator" && !/^[a-z]/i.test(typed)) return { from: cursor, to: cursor, options: valuesFor(before) };
  if (previous === undefined || previous.kind === "joint" || (previous.kind === "open" && before.at(-2)?.kind !== "operator")) return { ...place, options: matching(namesOf(keys), typed) };
  if (previous.kind === "name") return { ...place, options: matching(words(/^metrics?\./.test(previous.text) ? numberOperators : textOperators, "operator"), typed) };
  if (previous.kind === "operator" || previous.kind === "open" || previous.kind === "comma") return { ...place, options: matching(valuesFor(before), typed) };
  return { ...place, options: matching(words(["AND", "OR"], "joint"), typed) };
};

const valuesFor = (before: readonly Piece[]): Completion[] => {
  const name = before.findLast(({ kind }) => kind === "name")?.text ?? "";
  return /(^|\.)status$/.test(name) ? words(statuses.map((status) => `'${status}'`), "value") : [];
};

/** The text with a completion put in, and where the cursor goes. */
export const complete = (text: string, { from, to }: { from: number; to: number }, { insert }: Completion): { text: string; cursor: number } => {
  const head = text.slice(0, from);
  const glue = head === "" || /[\s(]$/.test(head) ? "" : " ";
  const tail = text.slice(to).replace(/^ /, "");
  return { text: `${head}${glue}${insert} ${tail}`, cursor: head.length + glue.length + insert.length + 1 };
};
