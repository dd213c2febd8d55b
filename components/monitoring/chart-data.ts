import type { ChartMarker, ChartPoint, ChartSpan, ChartThreshold } from "@/components/patterns/line-band-types";
import { formatNumber } from "@/components/ui/format";
import { type DriftView, type HealthPoint, type HealthView, limitWords, type MonitorView } from "@/lib/monitoring";

/** What a window's batches may still need to arrive, in milliseconds. */
const settleMs = 15_000;

/** Stretches in which nothing happened; the newest windows are no gap yet, since their counts may be on their way. */
export const gapsOf = (points: readonly HealthPoint[], asOf: string): ChartSpan[] => {
  const gaps: ChartSpan[] = [];
  for (const point of points) {
    const fromMs = Date.parse(point.start);
    const toMs = Date.parse(point.end);
    if (point.requests > 0 || toMs > Date.parse(asOf) - settleMs) continue;
    const last = gaps.at(-1);
    if (last && last.toMs === fromMs) last.toMs = toMs;
    else gaps.push({ fromMs, toMs, label: "no data" });
  }
  return gaps;
};

/** Version and reference changes; those of one moment on the axis share a line. */
export const markersOf = ({ markers, from, to }: Pick<HealthView, "markers" | "from" | "to">): ChartMarker[] => {
  const near = (Date.parse(to) - Date.parse(from)) * 0.01;
  const groups: { atMs: number; labels: string[] }[] = [];
  for (const marker of [...markers].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const atMs = Date.parse(marker.at);
    const label = marker.kind === "version" ? marker.label : "reference";
    const last = groups.at(-1);
    if (last && atMs - last.atMs < near) last.labels.push(label);
    else groups.push({ atMs, labels: [label] });
  }
  return groups.map(({ atMs, labels }) => ({ atMs, label: [...new Set(labels)].join(", ") }));
};

const at = (point: HealthPoint): number => (Date.parse(point.start) + Date.parse(point.end)) / 2;
const lineOf = (monitors: readonly MonitorView[], kind: MonitorView["kind"], key: string): number | undefined => {
  const value = monitors.find((monitor) => monitor.kind === kind && monitor.isEnabled)?.params[key];
  return typeof value === "number" ? value : undefined;
};

export const accuracyLimits = (monitors: readonly MonitorView[]): ChartThreshold[] => {
  const line = lineOf(monitors, "performance", "line");
  return line === undefined ? [] : [{ value: line, label: limitWords("performance", { line }), tone: "crit", side: "below" }];
};
export const errorLimits = (monitors: readonly MonitorView[]): ChartThreshold[] => {
  const limit = lineOf(monitors, "error_rate", "limit");
  return limit === undefined ? [] : [{ value: limit, label: limitWords("error_rate", { limit }), tone: "crit", side: "above" }];
};

export const accuracyPoints = (points: readonly HealthPoint[], line: number | undefined): ChartPoint[] =>
  points.map((point) => ({
    atMs: at(point),
    value: point.accuracy,
    low: point.accuracyLower,
    high: point.accuracyUpper,
    alert: line !== undefined && point.accuracyUpper !== null && point.accuracyUpper < line ? "crit" : undefined,
    estimated: point.labelled > 0 && point.labelled < 0.5 * point.requests,
    notes: [{ label: "Labelled", value: `${formatNumber(point.labelled, 0)} of ${formatNumber(point.requests - point.errors, 0)}` }, { label: "Version", value: point.version === null ? "—" : `v${point.version}` }],
  }));

export const errorPoints = (points: readonly HealthPoint[], limit: number | undefined): ChartPoint[] =>
  points.map((point) => ({
    atMs: at(point),
    value: point.errorRate,
    low: point.errorLower,
    high: point.errorUpper,
    alert: limit !== undefined && point.errorLower !== null && point.errorLower > limit ? "crit" : undefined,
    notes: [{ label: "Failed", value: `${formatNumber(point.errors, 0)} of ${formatNumber(point.requests, 0)}` }, { label: "Refused (4xx)", value: formatNumber(point.rejected, 0) }],
  }));

export const latencyPoints = (points: readonly HealthPoint[], key: "p50Ms" | "p95Ms" | "p99Ms"): ChartPoint[] => points.map((point) => ({ atMs: at(point), value: point[key] }));
export const volumeOf = (points: readonly HealthPoint[]) => ({ name: "predictions", points: points.map((point) => ({ atMs: at(point), value: point.requests === 0 ? null : point.requests })) });

/** Where the serving version of a heat map's windows changes. */
export const versionBreaks = (windows: DriftView["windows"]): { index: number; label: string }[] =>
  windows.flatMap((window, index) => {
    const before = windows.slice(0, index).findLast((candidate) => candidate.version !== null)?.version;
    return index > 0 && window.version !== null && before !== undefined && before !== window.version ? [{ index, label: `v${window.version}` }] : [];
  });

/** "14:05" in the reader's zone, or "14:05:10". */
export const clockOf = (iso: string, seconds = true): string => new Date(iso).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}), hourCycle: "h23" });
export const spanOf = (start: string, end: string): string => `${new Date(start).toLocaleDateString(undefined, { day: "numeric", month: "short" })}, ${clockOf(start)} to ${clockOf(end)}`;

/** "5 min", "10 s" */
export const secondsText = (seconds: number): string => (seconds % 86_400 === 0 ? `${seconds / 86_400} d` : seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);
