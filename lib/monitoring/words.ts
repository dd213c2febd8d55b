import type { IncidentView, MonitorKind, MonitorStatus } from "./schema";

type Tone = "ok" | "warn" | "crit" | "info" | "wait" | "idle";
export type StatusWords = { word: string; tone: Tone; icon: string; bare?: boolean };

const monitorWords: Record<MonitorStatus, StatusWords> = {
  CRITICAL: { word: "Critical", tone: "crit", icon: "octa" },
  WARNING: { word: "Warning", tone: "warn", icon: "alert" },
  STALE: { word: "Stale", tone: "wait", icon: "clock" },
  INSUFFICIENT: { word: "Too few", tone: "idle", icon: "hour" },
  NO_DATA: { word: "No data", tone: "idle", icon: "dash" },
  OK: { word: "Healthy", tone: "ok", icon: "okc", bare: true },
};

/** Status of a monitor, or of an endpoint as a whole → word, tone and icon on every screen. */
export const monitorStatusView = (status: MonitorStatus): StatusWords => monitorWords[status];

/** Status of an incident; an open one takes the tone of its severity. */
export const incidentStatusView = ({ status, severity }: Pick<IncidentView, "status" | "severity">): StatusWords => {
  if (status === "resolved") return { word: "Resolved", tone: "ok", icon: "okc", bare: true };
  if (status === "acknowledged") return { word: "Acknowledged", tone: "wait", icon: "eye" };
  return severity === "CRITICAL" ? { word: "Open", tone: "crit", icon: "octa" } : { word: "Open", tone: "warn", icon: "alert" };
};

export const kindWords: Record<MonitorKind, { title: string; hint: string }> = {
  drift: { title: "Input drift", hint: "Each feature against the pinned reference" },
  prediction_drift: { title: "Prediction drift", hint: "The mix of predicted classes against the reference" },
  performance: { title: "Performance", hint: "Accuracy by labels, with its interval" },
  error_rate: { title: "Error rate", hint: "Failed requests, with its interval" },
};

const percent = (share: unknown): string => `${Number((Number(share) * 100).toFixed(2))} %`;

/** The line of a monitor in words, as charts write it on the limit. */
export const limitWords = (kind: MonitorKind, params: Record<string, unknown>): string => {
  if (kind === "performance") return `critical below ${percent(params["line"])}`;
  if (kind === "error_rate") return `critical above ${percent(params["limit"])}`;
  return `${params["measure"] === "js_distance" ? "JS distance" : "PSI"} from ${Number(params["limit"])}, p below ${Number(params["alpha"])}`;
};

/** What every window must stay within for an incident to clear: 0.8 of the limit, in the units of the rule. */
export const clearWords = (kind: MonitorKind, params: Record<string, unknown>): string => {
  if (kind === "performance") return `accuracy above ${percent(1 - 0.8 * (1 - Number(params["line"])))}`;
  if (kind === "error_rate") return `error rate below ${percent(0.8 * Number(params["limit"]))}`;
  return "every effect below 0.8 of its limit";
};
