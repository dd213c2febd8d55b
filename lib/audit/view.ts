import { isObject } from "@/lib/core/json";

import type { AuditEventView } from "./schema";

/** A line of a change: a path into the thing, and its values before and after, each undefined where it did not exist. */
export type ChangeRow = { path: string; before: string | undefined; after: string | undefined };

const asText = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.length === 0 ? "none" : value.map(String).join(", ");
  return JSON.stringify(value);
};

const flatten = (value: unknown, path: string, into: Map<string, string>): Map<string, string> => {
  if (isObject(value) && Object.keys(value).length > 0) Object.entries(value).forEach(([key, member]) => flatten(member, path === "" ? key : `${path}.${key}`, into));
  else if (value !== undefined) into.set(path === "" ? "value" : path, asText(value));
  return into;
};

/** Lists what differs between before and after, path by path. */
export const changeRows = (change: AuditEventView["change"]): ChangeRow[] => {
  const before = flatten(change?.before, "", new Map());
  const after = flatten(change?.after, "", new Map());
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((row) => row.before !== row.after);
};

/** What changed from one value to another tells most; empty values and times of a new thing tell least. */
const weightOf = ({ before, after }: ChangeRow): number => (before !== undefined && after !== undefined ? 0 : /^(none|\{\}|\d{4}-\d\d-\d\dT.*)$/.test(after ?? before ?? "") ? 2 : 1);

/** The most telling difference in one line, for tables: `weight 10 → 25`. */
export const changeSummary = (event: Pick<AuditEventView, "change" | "reason" | "because">): string => {
  const [first, ...rest] = changeRows(event.change).sort((a, b) => weightOf(a) - weightOf(b));
  if (!first) return event.because ?? event.reason ?? "";
  const values = first.before === undefined ? (first.after ?? "") : first.after === undefined ? `${first.before} removed` : `${first.before} → ${first.after}`;
  return `${first.path} ${values}${rest.length > 0 ? `, ${rest.length} more` : ""}`;
};

/** Actions that a reader of the log looks for first. */
export const isRefusal = (action: string): boolean => /(_denied|_failed|\.reject|\.abort|\.rollback)$/.test(action);

/** The name shown for who acted. */
export const actorLabel = ({ type, name, onBehalfOf }: AuditEventView["actor"]): string => {
  if (type === "token") return `${onBehalfOf?.name ?? "Erased person"} · ${name ?? "token"}`;
  return name ?? (type === "system" ? "System" : "Erased person");
};

/** Where the event stands in the sequence, in words. */
export const sequenceLabel = (seq: number | null): string => (seq === null ? "being numbered" : `numbered #${seq}`);
