import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";

/** Round tick values over [min, max]: steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph Labels", 1990). */
export const niceTicks = (min: number, max: number, count = 4): number[] => {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const span = max - min || Math.abs(max) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.99) ?? 10) * power;
  const first = Math.floor(min / step);
  const last = Math.max(first + 1, Math.ceil(max / step));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};

/** Smallest round number that is not below `value`. */
export const niceCeiling = (value: number): number => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
};

const steps = [1_000, 2_000, 5_000, 10_000, 30_000, minuteMs, 2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 3 * hourMs, 6 * hourMs, 12 * hourMs, dayMs, 2 * dayMs, 4 * dayMs, 7 * dayMs, 14 * dayMs, 30 * dayMs, 90 * dayMs];

/** Moments for a time axis of that width, on round clock times of the viewer's zone, plus the end itself. */
export const timeTicks = (fromMs: number, toMs: number, widthPx: number): number[] => {
  const span = toMs - fromMs;
  if (span <= 0) return [fromMs];
  const wanted = Math.max(2, Math.floor((widthPx - 96) / 80) + 1);
  const step = steps.find((size) => span / size <= wanted) ?? span;
  const offsetMs = -new Date(fromMs).getTimezoneOffset() * minuteMs;
  const ticks: number[] = [];
  // The end carries the zone's name and needs room; ticks too close to it give way.
  for (let at = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; at < toMs - span * (96 / widthPx); at += step) ticks.push(at);
  return [...ticks, toMs];
};
