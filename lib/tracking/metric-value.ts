import type { MetricValue } from "./schema";

/** A metric as JSON can carry it. */
export const toMetricValue = (value: number): MetricValue => (Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
