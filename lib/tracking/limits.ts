import { posix } from "node:path";

import { invalid } from "./errors";

const plainPattern = /^[\w.\- :]*$/;
const keyPattern = /^[/\p{L}\p{N}_.\- :]*$/u;

export type KeyKind = "metric" | "param" | "tag";
const titles: Record<KeyKind, string> = { metric: "Metric name", param: "Param key", tag: "key" };
const maxKey = 250;

/** The name that a file of this name would have: no `.`, `..`, empty parts or slash at the end. */
const resolvedName = (key: string): string => {
  const normal = posix.normalize(key);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
};

/**
 * MLflow's rule for names of metrics, params and tags: characters, length, and a path that is in its normal form. `place` leads the
 * field in messages, such as `metrics[3].`.
 */
export const checkKey = (key: string, kind: KeyKind, place?: () => string): string => {
  if (plainPattern.test(key) && key.length > 2 && key.length <= maxKey) return key;
  const wrong = (why: string) => invalid(`Invalid value ${JSON.stringify(key.slice(0, maxKey))} for parameter '${place?.() ?? ""}${kind === "metric" ? "name" : "key"}' supplied: ${why}`);
  if (!keyPattern.test(key)) throw wrong("Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
  const resolved = resolvedName(key);
  if (resolved !== key || resolved === "." || resolved.startsWith("..") || resolved.startsWith("/")) throw wrong(`Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved.slice(0, maxKey)}'`);
  return checkLength(titles[kind], key, maxKey);
};

/** The text, unless it is too long; `what` names it as MLflow does. */
export const checkLength = (what: string, text: string, maxLength: number): string => {
  if (text.length > maxLength) throw invalid(`'${what}' exceeds the maximum length of ${maxLength} characters`);
  return text;
};

/** Values beyond the limit are cut, as MLflow does by default. */
export const cutValue = (value: string, maxLength: number): string => (value.length > maxLength ? value.slice(0, maxLength) : value);

export const maxParamValue = 6_000;
export const maxTagValue = 8_000;
export const maxExperimentTagValue = 20_000;
export const batchLimits = { metrics: 1_000, params: 100, tags: 100, total: 1_000, bytes: 1_000_000 } as const;
