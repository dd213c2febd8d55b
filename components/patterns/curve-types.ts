import { type Curve } from "./curve-scale";

export type CurveMarker = "circle" | "square" | "triangle" | "diamond" | "cross";

/** How one line is told from others: colour first, dashes and end mark for those who don't see it. `color` is a variable: `var(--cat-1)`. */
export type LineStyle = { color: string; dash?: string | undefined; marker: CurveMarker; width?: number | undefined; /** One of many: grey until it is pointed at. */ faint?: boolean | undefined };

/** What stands at each place of a line: the value drawn, and of how many points it is. Arrays have the same length. */
export type CurveReadings = { x: readonly number[]; value: readonly number[]; n: readonly number[]; min: readonly number[]; max: readonly number[] };

export type CurveLine = {
  key: string;
  name: string;
  style: LineStyle;
  /** The line; when smoothed, `raw` stands faint behind it. */
  curve: Curve;
  raw?: Curve | undefined;
  readings: CurveReadings;
  /** Places of values that are no number: the line breaks there and a mark stands at the edge. */
  gaps: { x: readonly number[]; kind: readonly ("nan" | "inf" | "-inf")[]; n: readonly number[] };
};

export type CurveAxis = "step" | "time" | "relative";
