import { invalid } from "./errors";
import { cutValue } from "./limits";
import type { Texts } from "./store-traces";

/** Characters of a tag's or metadata's value, and of what is shown of a request or response. Longer ones are cut. */
export const maxTagText = 8_000;
const maxPreview = 10_000;
const maxKey = 250;
const maxEntries = 500;

/** Ids of traces: MLflow's `tr-` and 32 hex digits, or what another client made. */
export const checkTraceId = (id: string): string => {
  if (!/^[A-Za-z0-9][\w.:-]{0,249}$/.test(id)) throw invalid(`Invalid trace ID: '${id.slice(0, 100)}'. Letters, digits, '_', '-', '.' and ':' make an ID of at most 250 characters.`);
  return id;
};

/** Tags or metadata: not too many, no key too long, values cut. */
export const checkTexts = (what: string, texts: Texts): Texts => {
  const entries = Object.entries(texts);
  if (entries.length > maxEntries) throw invalid(`A trace can hold at most ${maxEntries} ${what}. Got ${entries.length}.`);
  const long = entries.find(([key]) => key.length > maxKey);
  if (long) throw invalid(`'key' exceeds the maximum length of ${maxKey} characters: '${long[0].slice(0, 100)}…' of ${what}.`);
  return Object.fromEntries(entries.map(([key, value]) => [key, cutValue(value, maxTagText)]));
};

export const cutPreview = (text: string | null): string | null => (text === null ? null : cutValue(text, maxPreview));
