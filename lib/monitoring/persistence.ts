import { clearShare } from "./judge";
import type { ResultStatus } from "./schema";

export type Look = { windowStart: Date; status: ResultStatus; ratio: number | null; violated: boolean };
export type PersistenceRule = { violationsToOpen: number; windowsLookedAt: number };
export type PersistenceAct = "open" | "see" | "clear" | "none";

/** Windows that say something: no data and too few rows neither open nor clear. */
export const isEvaluated = (look: Pick<Look, "status">): boolean => look.status === "OK" || look.status === "WARNING" || look.status === "CRITICAL";

/**
 * What a monitor's windows (any order) mean for its incident. Opens when `violationsToOpen` of the newest `windowsLookedAt` evaluated
 * windows violate the rule; clears when as many of the newest ones in a row have every effect below 0.8 of its limit. Windows that
 * began before `since` (an incident was resolved by a person or a rollback then) open nothing.
 */
export const decidePersistence = (looks: readonly Look[], rule: PersistenceRule, state: { hasIncident: boolean; since: Date | null }): PersistenceAct => {
  const newest = looks.filter(isEvaluated).sort((a, b) => b.windowStart.getTime() - a.windowStart.getTime());
  if (!state.hasIncident) {
    const eligible = newest.filter((look) => state.since === null || look.windowStart >= state.since).slice(0, rule.windowsLookedAt);
    return eligible.filter((look) => look.violated).length >= rule.violationsToOpen ? "open" : "none";
  }
  const recent = newest.slice(0, rule.violationsToOpen);
  if (recent.length === rule.violationsToOpen && recent.every((look) => look.ratio !== null && look.ratio < clearShare && !look.violated)) return "clear";
  return newest[0]?.violated ? "see" : "none";
};
