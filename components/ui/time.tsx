"use client";

import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { dayMs } from "@/lib/core/durations";
import { formatAbsolute, formatClock, formatRelative, formatShort } from "./format-time";

/** One ticking clock for every time on the screen; it rests while the tab is hidden. */
const listeners = new Set<() => void>();
let nowMs = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const tick = () => {
  if (document.hidden) return;
  nowMs = Date.now();
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(tick, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
const readNow = () => {
  if (nowMs === 0 || Date.now() - nowMs > 10_000) nowMs = Date.now();
  return nowMs;
};

const ServerNow = createContext<number>(0);

/** Gives server and first client render the same "now", so that relative times hydrate without a flash. */
export const NowProvider = ({ nowMs: value, children }: { nowMs: number; children: ReactNode }) => <ServerNow value={value}>{children}</ServerNow>;

const never = () => () => undefined;

/** Current time in ms (10 s steps), and whether the viewer's time zone is known yet. */
export const useNow = (): { nowMs: number; local: boolean } => {
  const atServer = useContext(ServerNow);
  const now = useSyncExternalStore(subscribe, readNow, () => atServer);
  const local = useSyncExternalStore(never, () => true, () => false);
  return { nowMs: now, local };
};

export type TimeProps = {
  /** RFC 3339 text or a Date. */
  value: string | Date;
  /** auto: relative up to 24 h, then date and time. relative: always. absolute: date, time and zone. clock: 14:31 today, else with date. */
  format?: "auto" | "relative" | "absolute" | "clock" | undefined;
  className?: string | undefined;
};

/** A moment; the full date with seconds and zone stands in its title. Before hydration absolute times are in UTC and say so. */
export function Time({ value, format = "auto", className }: TimeProps) {
  const { nowMs: now, local } = useNow();
  const date = useMemo(() => new Date(value), [value]);
  const zone = local ? undefined : "UTC";
  const age = now === 0 ? Infinity : Math.abs(now - date.getTime());
  const relative = format === "relative" ? now !== 0 : format === "auto" && age <= dayMs;
  const text = relative ? formatRelative(date, now) : format === "absolute" ? formatAbsolute(date, zone) : format === "clock" ? formatClock(date, now, zone) : formatShort(date, now, zone);
  return (
    <time dateTime={date.toISOString()} title={formatAbsolute(date, zone)} className={className}>
      {text}
    </time>
  );
}
