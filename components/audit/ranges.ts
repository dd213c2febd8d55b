const hourMs = 3_600_000;
const ranges: Record<string, { label: string; ms: number }> = {
  "1h": { label: "last hour", ms: hourMs },
  "24h": { label: "last 24 hours", ms: 24 * hourMs },
  "7d": { label: "last 7 days", ms: 7 * 24 * hourMs },
  "30d": { label: "last 30 days", ms: 30 * 24 * hourMs },
  "365d": { label: "last year", ms: 365 * 24 * hourMs },
};

export const rangeOptions = Object.entries(ranges).map(([value, { label }]) => ({ value, label }));

/** Start of a range that ends now, on the whole minute; undefined for all time. */
export const fromOf = (range: string | undefined, nowMs = Date.now()): string | undefined => {
  const found = range === undefined ? undefined : ranges[range];
  return found && new Date(Math.floor((nowMs - found.ms) / 60_000) * 60_000).toISOString();
};
