import { dayMs } from "@/lib/core/durations";

/** An incident's life. `mutedUntil` is a tag that stops nothing: a muted incident still opens, clears and resolves. */
export type IncidentStatus = "open" | "acknowledged" | "resolved";
export const incidentStatuses = ["open", "acknowledged", "resolved"] as const;
export const resolutions = ["cleared", "rollback", "by_hand"] as const;
export type Resolution = (typeof resolutions)[number];

export type IncidentState = { status: IncidentStatus; resolution: Resolution | null; mutedUntil: Date | null };

export type IncidentAct =
  | { type: "acknowledge" }
  | { type: "mute"; until: Date }
  | { type: "unmute" }
  | { type: "resolve"; resolution: Resolution };

export type IncidentMove = { ok: true; state: IncidentState; changed: boolean } | { ok: false; code: string; reason: string };

const maxMuteMs = 30 * dayMs;

/** What an act does to an incident: the next state, or why it can't be done. A resolved incident is final; the same trouble opens a new one. */
export const moveIncident = (state: IncidentState, act: IncidentAct, now: Date): IncidentMove => {
  if (state.status === "resolved") return { ok: false, code: "incident.resolved", reason: "The incident is resolved already; should the trouble come back, a new one opens." };
  switch (act.type) {
    case "acknowledge":
      return { ok: true, state: { ...state, status: "acknowledged" }, changed: state.status === "open" };
    case "mute":
      if (act.until <= now) return { ok: false, code: "incident.mute_past", reason: "Mute it until a time that is still to come." };
      if (act.until.getTime() - now.getTime() > maxMuteMs) return { ok: false, code: "incident.mute_long", reason: "Mute it for 30 days at most." };
      return { ok: true, state: { ...state, mutedUntil: act.until }, changed: state.mutedUntil?.getTime() !== act.until.getTime() };
    case "unmute":
      return { ok: true, state: { ...state, mutedUntil: null }, changed: state.mutedUntil !== null };
    case "resolve":
      return { ok: true, state: { ...state, status: "resolved", resolution: act.resolution }, changed: true };
  }
};
