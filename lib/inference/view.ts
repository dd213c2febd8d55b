import type { Arm, CallError, CallView } from "./schema";

export type CallStatusView = { word: string; tone: "ok" | "warn" | "crit" | "idle"; icon: "okc" | "alert" | "octa" | "minusc"; bare?: boolean };
export type ArmView = { word: string; role: "stable" | "canary" | "shadow" };

/** The word for an arm on screens: `candidate` is called Canary. */
export const armView = (arm: Arm): ArmView =>
  ({ stable: { word: "Stable", role: "stable" }, candidate: { word: "Canary", role: "canary" }, shadow: { word: "Shadow", role: "shadow" } })[arm] as ArmView;

const failures: Record<CallError, string> = {
  connect: "Runtime not reached",
  timeout: "No answer in time",
  aborted: "Client left",
  upstream: "Answer broken off",
};

/** The chip of a call: what came of it. */
export const callStatusView = ({ status, error }: Pick<CallView, "status" | "error">): CallStatusView => {
  if (error === "aborted") return { word: failures.aborted, tone: "idle", icon: "minusc" };
  if (status >= 500) return { word: error ? failures[error] : `Failed, ${status}`, tone: "crit", icon: "octa" };
  if (status >= 400) return { word: `Refused, ${status}`, tone: "warn", icon: "alert" };
  return { word: "Answered", tone: "ok", icon: "okc", bare: true };
};

/** The finding of a prediction's page, in one sentence. */
export const outcomeText = (endpoint: string, main: CallView | undefined): string => {
  if (!main) return `Prediction of ${endpoint}, mirrored only`;
  const version = main.versionNumber === null ? "No version" : `v${main.versionNumber}`;
  if (main.error === "aborted") return `The client left before ${version} of ${endpoint} answered`;
  if (main.error) return `${version} of ${endpoint} did not answer: ${failures[main.error].toLowerCase()}`;
  return main.status < 400 ? `${version} of ${endpoint} answered` : `${version} of ${endpoint} refused the request with ${main.status}`;
};
