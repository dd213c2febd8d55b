import type { MonitorStatus, MonitorView } from "./schema";

type IncidentPart = { severity: string; title: string; cause?: string };
export type RolledUp = { status: MonitorStatus; title: string; cause: string };

/**
 * The state of an endpoint and its sentence. Only an unresolved incident makes it Critical or Warning: one window over its limit is not
 * news. Then a late evaluation; then, if any monitor has judged its newest window, healthy; else why nothing can be said.
 */
export const rollUp = (endpoint: string, monitors: readonly Pick<MonitorView, "name" | "status" | "isEnabled" | "latest" | "nextEvaluationAt" | "minRows">[], incidents: readonly IncidentPart[]): RolledUp => {
  const worst = incidents.find((incident) => incident.severity === "CRITICAL") ?? incidents[0];
  if (worst) return { status: worst.severity === "CRITICAL" ? "CRITICAL" : "WARNING", title: worst.title, cause: worst.cause ?? worst.title };
  const enabled = monitors.filter((monitor) => monitor.isEnabled);
  if (enabled.length === 0) return { status: "NO_DATA", title: `Nothing watches ${endpoint} yet`, cause: "No monitor yet. Add one, and the first verdict comes after its first window." };
  const stale = enabled.find((monitor) => monitor.status === "STALE");
  if (stale) return { status: "STALE", title: `Monitoring of ${endpoint} is late`, cause: `The monitor ${stale.name} was due at ${stale.nextEvaluationAt.slice(11, 16)} UTC.` };
  const judged = enabled.filter((monitor) => monitor.status === "OK" || monitor.status === "WARNING" || monitor.status === "CRITICAL");
  if (judged.length > 0) return { status: "OK", title: `${endpoint} is healthy`, cause: judged.length === enabled.length ? "Every monitor has judged its newest window." : `${judged.length} of ${enabled.length} monitors had enough rows in their newest window.` };
  const few = enabled.find((monitor) => monitor.status === "INSUFFICIENT");
  if (few) return { status: "INSUFFICIENT", title: `Too few rows to judge ${endpoint}`, cause: few.latest?.reason ?? `Fewer than ${few.minRows} rows a window.` };
  return { status: "NO_DATA", title: `No data for ${endpoint}`, cause: enabled[0]?.latest?.reason ?? "No window has been judged yet." };
};
