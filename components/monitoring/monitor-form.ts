import { kindWords, type MonitorKind, type MonitorView } from "@/lib/monitoring";
import type { MonitorDraft } from "./queries";

/** What the form holds: texts as typed; limits of shares in percent. */
export type MonitorFormDraft = { kind: MonitorKind; name: string; measure: "psi" | "js_distance"; limit: string; windowSeconds: number; minRows: string; violationsToOpen: string; windowsLookedAt: string };

const limits: Record<MonitorKind, string> = { drift: "0.2", prediction_drift: "0.2", performance: "90", error_rate: "1" };

export const emptyDraft = (kind: MonitorKind): MonitorFormDraft => ({ kind, name: kindWords[kind].title, measure: "psi", limit: limits[kind], windowSeconds: 300, minRows: "300", violationsToOpen: "2", windowsLookedAt: "3" });

const isShare = (kind: MonitorKind): boolean => kind === "performance" || kind === "error_rate";
const shown = (value: unknown, kind: MonitorKind): string => String(Number((Number(value) * (isShare(kind) ? 100 : 1)).toPrecision(6)));

export const draftOf = (monitor: MonitorView): MonitorFormDraft => ({
  kind: monitor.kind,
  name: monitor.name,
  measure: monitor.params["measure"] === "js_distance" ? "js_distance" : "psi",
  limit: shown(monitor.kind === "performance" ? monitor.params["line"] : monitor.params["limit"], monitor.kind),
  windowSeconds: monitor.windowSeconds,
  minRows: String(monitor.minRows),
  violationsToOpen: String(monitor.violationsToOpen),
  windowsLookedAt: String(monitor.windowsLookedAt),
});

const isWhole = (text: string, from: number, to: number): boolean => /^\d+$/.test(text.trim()) && Number(text) >= from && Number(text) <= to;

export const problemsOf = (draft: MonitorFormDraft): Partial<Record<keyof MonitorFormDraft, string>> => {
  const limit = Number(draft.limit.replace(",", "."));
  const badLimit = draft.limit.trim() === "" || !Number.isFinite(limit) || (isShare(draft.kind) ? limit < 0 || limit > 100 : limit <= 0);
  return {
    ...(draft.name.trim() === "" ? { name: "Give it a name." } : {}),
    ...(badLimit ? { limit: isShare(draft.kind) ? "A share from 0 to 100 %." : "A number above 0." } : {}),
    ...(isWhole(draft.minRows, 10, 10_000_000) ? {} : { minRows: "A whole number from 10." }),
    ...(isWhole(draft.violationsToOpen, 1, 50) ? (Number(draft.violationsToOpen) > Number(draft.windowsLookedAt) ? { violationsToOpen: "Not more than the windows it looks at." } : {}) : { violationsToOpen: "A whole number from 1 to 50." }),
    ...(isWhole(draft.windowsLookedAt, 1, 50) ? {} : { windowsLookedAt: "A whole number from 1 to 50." }),
  };
};

const paramsOf = (draft: MonitorFormDraft): Record<string, unknown> => {
  const limit = Number(draft.limit.replace(",", "."));
  if (draft.kind === "performance") return { line: limit / 100 };
  return draft.kind === "error_rate" ? { limit: limit / 100 } : { measure: draft.measure, limit };
};

export const toBody = (draft: MonitorFormDraft): MonitorDraft => ({
  name: draft.name.trim(),
  kind: draft.kind,
  params: paramsOf(draft),
  windowSeconds: draft.windowSeconds,
  minRows: Number(draft.minRows),
  violationsToOpen: Number(draft.violationsToOpen),
  windowsLookedAt: Number(draft.windowsLookedAt),
});
