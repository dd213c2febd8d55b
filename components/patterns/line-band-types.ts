import { type ReactNode } from "react";
import { type ValueFormat } from "@/components/ui/format";
import { type KeyValue } from "@/components/ui/key-values";

export type ChartPoint = {
  atMs: number;
  /** null is a gap: never zero, never bridged. */
  value: number | null;
  low?: number | null | undefined;
  high?: number | null | undefined;
  /** Drawn dashed: estimated, or labels still arriving. */
  estimated?: boolean | undefined;
  /** Hollow ring: this window is over a limit. */
  alert?: "warn" | "crit" | undefined;
  /** Rows of the tooltip beside the value ("Labelled 23 410 of 24 020"). */
  notes?: readonly KeyValue[] | undefined;
  /** Words for the window: "Mon 9 Nov, 00:00 to 12:00"; default: its time. */
  window?: string | undefined;
};

export type SeriesColor = "stable" | "canary" | "shadow" | "cat-1" | "cat-2" | "cat-3" | "cat-4" | "cat-5" | "cat-6";

/** Series of one chart share their windows (same `atMs`). */
export type ChartSeries = { key: string; name: string; color: SeriesColor; points: readonly ChartPoint[] };

export type ChartThreshold = {
  value: number;
  /** Stands on the line: "critical above 14 %". */
  label: string;
  tone: "warn" | "crit";
  side: "above" | "below";
};

export type ChartSpan = { fromMs: number; toMs: number; label: string };

export type ChartMarker = { atMs: number; label: string; detail?: string | undefined };

export type LineBandChartProps = {
  title: ReactNode;
  /** Window, kind of interval, version: "12 h windows, 95 % interval, v8". */
  note?: ReactNode;
  /** The finding in one sentence. */
  label: string;
  series: readonly ChartSeries[];
  fromMs: number;
  toMs: number;
  /** Of values and of the value axis. */
  format: ValueFormat;
  thresholds?: readonly ChartThreshold[] | undefined;
  /** Stretches without data: hatched, with their word ("no data"). */
  gaps?: readonly ChartSpan[] | undefined;
  /** Where version or reference changes. */
  markers?: readonly ChartMarker[] | undefined;
  /** Time to come: "19 min left". */
  pending?: ChartSpan | undefined;
  /** Bars under the lines on the same time axis. */
  volume?: { name: string; points: readonly { atMs: number; value: number | null }[] } | undefined;
  heightPx?: number | undefined;
  fromZero?: boolean | undefined;
  /** Default: one key per series when there are several, or estimated values; null for none. */
  legend?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  bare?: boolean | undefined;
  className?: string | undefined;
};
