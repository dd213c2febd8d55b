import { capitalize } from "@/components/ui/format";
import { isAppError } from "@/lib/core/errors";
import { parseFilter } from "@/lib/core/search-filter";
import { isApiProblem } from "@/lib/http/api-client";

/** A word or two without any comparison mean a part of the run's name. */
const isPlain = (text: string): boolean => /^[\w .:/-]+$/.test(text) && !/\b(and|or|like|ilike|in|is|not)\b/i.test(text);

/** The filter that the API gets for what the reader typed. */
export const filterOf = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return undefined;
  return isPlain(trimmed) ? `attributes.run_name ILIKE '%${trimmed}%'` : trimmed;
};

export const isNameSearch = (text: string): boolean => text.trim() !== "" && isPlain(text.trim());

/** Why the text is no filter, before anything is sent; undefined when it may be sent. */
export const findFilterProblem = (text: string): string | undefined => {
  const filter = filterOf(text);
  if (filter === undefined) return undefined;
  try {
    parseFilter(filter);
    return undefined;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.message;
  }
};

/** The sentence of a message, without the drawing of the place that follows it. */
export const sentenceOf = (message: string): string => capitalize((message.split("\n", 1)[0] ?? message).replace(/ \(at character \d+\)$/, ".").replace(/^Invalid (clause\(s\) in filter string|filter): /, ""));

/** Where a message says that the text is wrong, counted from 0; undefined when it doesn't. */
export const positionIn = (message: string): number | undefined => {
  const [, at] = /\(at character (\d+)/.exec(message) ?? [];
  return at === undefined ? undefined : Number(at) - 1;
};

/** The reason that the API gave for the filter, if that is what it refused. */
export const filterReason = (error: unknown): string | undefined => (isApiProblem(error) ? error.reasonFor("filter") : undefined);
