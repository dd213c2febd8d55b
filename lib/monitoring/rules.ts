import { AppError } from "@/lib/core/errors";

import { monitorParams, type MonitorKind, type MonitorRule } from "./schema";

/** Reads the rule of a monitor as it is stored; raises internal for one that no release of ours wrote. */
export const ruleOf = (row: { kind: string; params: unknown }): MonitorRule => {
  switch (row.kind) {
    case "drift":
      return { kind: "drift", params: monitorParams.drift.parse(row.params) };
    case "prediction_drift":
      return { kind: "prediction_drift", params: monitorParams.prediction_drift.parse(row.params) };
    case "performance":
      return { kind: "performance", params: monitorParams.performance.parse(row.params) };
    case "error_rate":
      return { kind: "error_rate", params: monitorParams.error_rate.parse(row.params) };
    default:
      throw new AppError("internal", "monitor.unknown_kind", `There is no kind of monitor "${row.kind}".`);
  }
};

/** Drift alone is a warning; how the model performs or fails can be critical. */
export const severityOf = (kind: MonitorKind): "WARNING" | "CRITICAL" => (kind === "drift" || kind === "prediction_drift" ? "WARNING" : "CRITICAL");

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Seconds of an endpoint's profiles so that windows of the monitor are whole sums of them. */
export const grainFor = (grainSeconds: number, windowSeconds: number): number => Math.max(10, gcd(grainSeconds, windowSeconds));
