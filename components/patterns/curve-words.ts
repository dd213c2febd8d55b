import { formatNumber } from "@/components/ui/format";
import { formatAbsolute, formatTick } from "@/components/ui/format-time";
import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";
import { niceTicks, timeTicks } from "./chart-scale";
import { type Span } from "./curve-scale";
import { type CurveAxis } from "./curve-types";

/** A value as words: enough figures to tell neighbours `resolution` apart. */
export const valueWords = (value: number, resolution: number): string => {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(Math.min(4, Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(resolution || size))))).replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return formatNumber(value, Math.min(6, Math.max(0, Math.ceil(-Math.log10(resolution || size)))));
};

const units = [[dayMs, "d"], [hourMs, "h"], [minuteMs, "min"], [1_000, "s"], [1, "ms"]] as const;

/** Time since the start in the unit that fits the span: "1.5 h". */
export const relativeWords = (ms: number, spanMs: number): string => {
  const [size, unit] = units.find(([candidate]) => Math.abs(spanMs) >= 2 * candidate) ?? [1, "ms"];
  return `${formatNumber(ms / size, Number.isInteger(ms / size) ? 0 : Math.abs(spanMs) / size < 10 ? 2 : 1)} ${unit}`;
};

/** Places and words of the axis below a chart. */
export const acrossTicks = (axis: CurveAxis, span: Span, widthPx: number, zone: string | undefined): { at: number; text: string }[] => {
  const width = span.to - span.from;
  const count = Math.max(2, Math.floor(widthPx / 70));
  if (axis === "time") return timeTicks(span.from, span.to, widthPx).slice(0, -1).map((at) => ({ at, text: formatTick(at, width, zone) }));
  if (axis === "relative") {
    const [size] = units.find(([candidate]) => width >= 2 * candidate) ?? [1];
    return niceTicks(span.from / size, span.to / size, count).map((at) => at * size).filter((at) => at >= span.from && at <= span.to).map((at) => ({ at, text: relativeWords(at, width) }));
  }
  return niceTicks(span.from, span.to, count).filter((at) => at >= span.from && at <= span.to && Number.isInteger(at)).map((at) => ({ at, text: stepWords(at) }));
};

const stepWords = (step: number): string => (Math.abs(step) >= 1e15 ? step.toExponential(3) : Math.abs(step) >= 1e6 ? `${formatNumber(step / 1e6, step % 1e6 === 0 ? 0 : 2)} M` : formatNumber(step, 0));

/** A place on the axis in full: "step 1 200", "14 Nov 2023, 22:13:20", "1.25 h". */
export const placeWords = (axis: CurveAxis, at: number, span: Span, zone: string | undefined): string =>
  axis === "time" ? formatAbsolute(new Date(at), zone) : axis === "relative" ? relativeWords(at, span.to - span.from) : `step ${formatNumber(at, 0)}`;
