import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";

const ranges: Record<string, { label: string; ms: number }> = {
  "1h": { label: "last hour", ms: hourMs },
  "24h": { label: "last 24 hours", ms: dayMs },
  "7d": { label: "last 7 days", ms: 7 * dayMs },
  "30d": { label: "last 30 days", ms: 30 * dayMs },
  "365d": { label: "last year", ms: 365 * dayMs },
};

export const rangeOptions = Object.entries(ranges).map(([value, { label }]) => ({ value, label }));

/** Start of a range that ends now, on the whole minute; undefined for all time. */
export const fromOf = (range: string | undefined, nowMs = Date.now()): string | undefined => {
  const found = range === undefined ? undefined : ranges[range];
  return found && new Date(Math.floor((nowMs - found.ms) / minuteMs) * minuteMs).toISOString();
};
