import { type ChartPoint, type ChartSeries, type ChartSpan, type ChartThreshold } from "./line-band-types";
import { niceTicks } from "./chart-scale";

/** One moment of the chart: per series index the solid value, the dashed value, the ribbon and the point itself. */
export type ChartRow = { atMs: number } & Record<string, number | [number, number] | null | undefined | ChartPoint>;

/** Lays series with the same windows beside each other. A dashed stretch starts at the last realised point, so that the line doesn't break where only its certainty changes. */
export const rowsOf = (series: readonly ChartSeries[]): ChartRow[] => {
  const rows = new Map<number, ChartRow>();
  series.forEach(({ points }, at) => {
    points.forEach((point, index) => {
      const row = rows.get(point.atMs) ?? { atMs: point.atMs };
      const next = points[index + 1];
      const bridge = point.estimated === true || (next?.estimated === true && point.value !== null);
      row[`v${at}`] = point.estimated ? null : point.value;
      row[`e${at}`] = bridge ? point.value : null;
      row[`b${at}`] = typeof point.low === "number" && typeof point.high === "number" ? [point.low, point.high] : null;
      row[`p${at}`] = point;
      rows.set(point.atMs, row);
    });
  });
  return [...rows.values()].sort((a, b) => a.atMs - b.atMs);
};

/** Whether a point gets a dot: the last one of its line, and one without neighbours, which would draw no line at all. */
export const isEnd = (points: readonly ChartPoint[], atMs: number): boolean => {
  const index = points.findIndex((point) => point.atMs === atMs);
  const before = points[index - 1]?.value ?? null;
  const after = points[index + 1]?.value ?? null;
  const last = points.findLastIndex((point) => point.value !== null);
  return index === last || (before === null && after === null);
};

/** Ticks of the value axis over values, intervals and limits. */
export const valueTicks = (series: readonly ChartSeries[], thresholds: readonly ChartThreshold[], fromZero: boolean): number[] => {
  const values = series.flatMap(({ points }) => points.flatMap((point) => [point.value, point.low, point.high])).filter((value) => typeof value === "number");
  const all = [...values, ...thresholds.map((threshold) => threshold.value), ...(fromZero ? [0] : [])];
  return all.length === 0 ? [0, 1] : niceTicks(Math.min(...all), Math.max(...all), 4);
};

/** Room that the words of a limit need beside its line. */
const wordsPx = 17;

/** Where the words of a limit stand: on the side that is over it, unless the frame ends there and would cut them. */
export const limitWords = ({ value, side }: Pick<ChartThreshold, "value" | "side">, { bottom, top }: { bottom: number; top: number }, heightPx: number): "insideBottomLeft" | "insideTopLeft" => {
  const abovePx = ((top - value) / (top - bottom || 1)) * heightPx;
  if (side === "above") return abovePx < wordsPx ? "insideTopLeft" : "insideBottomLeft";
  return heightPx - abovePx < wordsPx ? "insideBottomLeft" : "insideTopLeft";
};

/** Neighbouring stretches with the same word become one, so that the word stands once. */
export const mergeGaps = (gaps: readonly ChartSpan[]): ChartSpan[] =>
  gaps.reduce<ChartSpan[]>((merged, gap) => {
    const last = merged.at(-1);
    return last && last.label === gap.label && gap.fromMs <= last.toMs ? [...merged.slice(0, -1), { ...last, toMs: Math.max(last.toMs, gap.toMs) }] : [...merged, gap];
  }, []);

/** Row of each marker's words, so that neighbours closer than a label's width stand under each other. Takes pixels in order of time. */
export const placeMarkers = (pixels: readonly number[], labelPx = 150): number[] => {
  const ends: number[] = [];
  return pixels.map((pixel) => {
    const free = ends.findIndex((end) => end <= pixel);
    const row = free === -1 ? ends.length : free;
    ends[row] = pixel + labelPx;
    return row;
  });
};
