const formats = new Map<string, Intl.DateTimeFormat>();

const format = (date: Date, zone: string | undefined, options: Intl.DateTimeFormatOptions): string => {
  const key = `${zone ?? ""}${JSON.stringify(options)}`;
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { ...options, ...(zone === undefined ? {} : { timeZone: zone }) });
    formats.set(key, formatter);
  }
  return formatter.format(date);
};

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const day = { day: "numeric", month: "short" } as const;

/** "12 Nov 2026, 13:51:58 UTC". */
export const formatAbsolute = (date: Date, zone?: string): string =>
  format(date, zone, { ...day, year: "numeric", ...clock, second: "2-digit", timeZoneName: "short" });

/** "12 Nov, 13:51", with the year when it isn't this one. */
export const formatShort = (date: Date, nowMs: number, zone?: string): string => {
  const sameYear = new Date(nowMs).getUTCFullYear() === date.getUTCFullYear();
  return format(date, zone, { ...day, ...(sameYear ? {} : { year: "numeric" }), ...clock });
};

/** "13:51" today, else "12 Nov, 13:51". */
export const formatClock = (date: Date, nowMs: number, zone?: string): string => {
  const today = format(date, zone, { ...day, year: "numeric" }) === format(new Date(nowMs), zone, { ...day, year: "numeric" });
  return today ? format(date, zone, clock) : formatShort(date, nowMs, zone);
};

/** "now", "40 s ago", "5 min ago", "3 h ago", "2 d ago"; "in 5 min" for the future. */
export const formatRelative = (date: Date, nowMs: number): string => {
  const deltaMs = nowMs - date.getTime();
  const size = formatDuration(Math.abs(deltaMs));
  if (Math.abs(deltaMs) < 5_000) return "now";
  return deltaMs >= 0 ? `${size} ago` : `in ${size}`;
};

/** One unit: "40 s", "5 min", "3 h", "2 d". Milliseconds in. */
export const formatDuration = (durationMs: number): string => {
  const seconds = Math.round(durationMs / 1000);
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
};

/** Tick text of a time axis for a span in ms: seconds below 10 min, clock below 2 days, dates beyond. */
export const formatTick = (atMs: number, spanMs: number, zone?: string): string => {
  const date = new Date(atMs);
  if (spanMs <= 600_000) return format(date, zone, { ...clock, second: "2-digit" });
  if (spanMs <= 172_800_000) return format(date, zone, clock);
  return format(date, zone, day);
};

/** Name of the viewer's zone at that moment ("CET", "UTC"). */
export const zoneName = (atMs: number, zone?: string): string => {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short", ...(zone === undefined ? {} : { timeZone: zone }) }).formatToParts(new Date(atMs));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
};
