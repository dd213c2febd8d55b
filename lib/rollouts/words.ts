import { formatPercent } from "@/lib/core/format";

type Tone = "ok" | "warn" | "crit" | "info" | "wait" | "idle";
export type StatusWords = { word: string; tone: Tone; icon: string; bare?: boolean; pulse?: boolean };

/** Phase of a rollout → word, tone and icon on every screen; `weightBp` is the candidate's share now. */
export const rolloutStatusView = ({ phase, weightBp }: { phase: string; weightBp: number }): StatusWords => {
  const share = formatPercent(weightBp / 10_000);
  switch (phase) {
    case "PENDING":
      return { word: "Pending", tone: "idle", icon: "clock" };
    case "PREPARING":
      return { word: "Preparing", tone: "info", icon: "spin", pulse: true };
    case "SHADOWING":
      return { word: "Shadowing", tone: "info", icon: "eye", pulse: true };
    case "STEPPING":
      return { word: `Shifting to ${share}`, tone: "info", icon: "spin", pulse: true };
    case "BAKING":
      return { word: `Baking at ${share}`, tone: "info", icon: "spin", pulse: true };
    case "HELD":
      return { word: "Held", tone: "warn", icon: "pause" };
    case "AWAITING_APPROVAL":
      return { word: "Needs a person", tone: "wait", icon: "stamp" };
    case "PROMOTING":
      return { word: "Promoting", tone: "info", icon: "fwd", pulse: true };
    case "POST_BAKE":
      return { word: "Post-bake", tone: "info", icon: "clock" };
    case "FINALIZING":
      return { word: "Cleaning up", tone: "info", icon: "spin" };
    case "ROLLING_BACK":
      return { word: "Rolling back", tone: "warn", icon: "undo", pulse: true };
    case "STUCK":
      return { word: "Stuck", tone: "crit", icon: "octa" };
    case "SUCCEEDED":
      return { word: "Done", tone: "ok", icon: "okc", bare: true };
    case "ROLLED_BACK":
      return { word: "Rolled back", tone: "idle", icon: "undo" };
    case "SUPERSEDED":
      return { word: "Replaced", tone: "idle", icon: "minusc" };
    default:
      return { word: "Cancelled", tone: "idle", icon: "minusc" };
  }
};

/** Verdict of a guardrail → word, tone and icon. */
export const verdictView = (verdict: string, metric?: string): StatusWords => {
  switch (verdict) {
    case "safe":
      return { word: "Safe", tone: "ok", icon: "okc" };
    case "harmful":
      return { word: "Harmful", tone: "crit", icon: "octa" };
    case "undecided":
      return { word: "Undecided", tone: "warn", icon: "half" };
    case "invalid":
      return { word: "Invalid", tone: "crit", icon: "octa" };
    default:
      return { word: metric === "loss" ? "No labels yet" : "No data", tone: "idle", icon: "dash" };
  }
};
