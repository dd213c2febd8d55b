import type { RunStatusWord } from "./schema";

type Tone = "ok" | "warn" | "crit" | "info" | "wait" | "idle";
export type RunStatusLook = { word: string; tone: Tone; icon: "okc" | "octa" | "minusc" | "spin" | "clock"; pulse?: boolean; bare?: boolean };

const looks: Record<RunStatusWord, RunStatusLook> = {
  RUNNING: { word: "Running", tone: "info", icon: "spin", pulse: true },
  SCHEDULED: { word: "Queued", tone: "idle", icon: "clock" },
  FINISHED: { word: "Finished", tone: "ok", icon: "okc", bare: true },
  FAILED: { word: "Failed", tone: "crit", icon: "octa" },
  KILLED: { word: "Stopped", tone: "idle", icon: "minusc" },
};

export const runStatusView = (status: RunStatusWord): RunStatusLook => looks[status];

/** Statuses in the order of their filter. */
export const runStatuses: readonly RunStatusWord[] = ["RUNNING", "FINISHED", "FAILED", "KILLED", "SCHEDULED"];
