export type MetricGroup = { prefix: string; metrics: string[] };

const compare = new Intl.Collator("en", { numeric: true }).compare;

/** Metrics by what stands before their last slash; those without one first, system metrics last. */
export const groupMetrics = (names: readonly string[], search: string): MetricGroup[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, string[]>();
  for (const name of names) {
    if (!words.every((word) => name.toLowerCase().includes(word))) continue;
    const prefix = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
    const own = groups.get(prefix);
    if (own) own.push(name);
    else groups.set(prefix, [name]);
  }
  const rank = (prefix: string): number => (prefix === "" ? 0 : prefix === "system" || prefix.startsWith("system/") ? 2 : 1);
  return [...groups].map(([prefix, metrics]) => ({ prefix, metrics: metrics.sort(compare) })).sort((a, b) => rank(a.prefix) - rank(b.prefix) || compare(a.prefix, b.prefix));
};

export type GridRow = { kind: "heading"; key: string; prefix: string; count: number } | { kind: "cards"; key: string; metrics: string[] };

/** Rows of the grid: a heading, then its metrics by `columns`. */
export const gridRows = (groups: readonly MetricGroup[], columns: number): GridRow[] =>
  groups.flatMap(({ prefix, metrics }): GridRow[] => [
    { kind: "heading", key: `heading ${prefix}`, prefix, count: metrics.length },
    ...Array.from({ length: Math.ceil(metrics.length / columns) }, (_, row): GridRow => ({ kind: "cards", key: metrics[row * columns] ?? "", metrics: metrics.slice(row * columns, (row + 1) * columns) })),
  ]);
