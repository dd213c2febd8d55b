import type { Page } from "@/lib/http/api-client";
import type { RunRowView } from "@/lib/tracking";

/** A line of the table: a run at its depth, or a word about children that are not there (yet). */
export type Line = { kind: "run"; key: string; row: RunRowView; depth: number; isExpanded: boolean } | { kind: "note"; key: string; depth: number; text: string };

const maxDepth = 8;

/** Puts the children of expanded runs under their parents. */
export const linesOf = (rows: readonly RunRowView[], children: ReadonlyMap<string, Page<RunRowView> | undefined>, depth = 0): Line[] =>
  rows.flatMap((row): Line[] => {
    const isExpanded = children.has(row.runId) && depth < maxDepth;
    const line: Line = { kind: "run", key: depth === 0 ? row.runId : `${depth}-${row.runId}`, row, depth, isExpanded };
    if (!isExpanded) return [line];
    const page = children.get(row.runId);
    if (page === undefined) return [line, { kind: "note", key: `${row.runId}-wait`, depth: depth + 1, text: "Reading nested runs…" }];
    const hidden = row.childCount - page.items.length;
    return [line, ...linesOf(page.items, children, depth + 1), ...(hidden > 0 ? [{ kind: "note" as const, key: `${row.runId}-more`, depth: depth + 1, text: `${hidden} more: open the run to see all of them` }] : [])];
  });
