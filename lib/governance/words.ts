import type { RequestStatus, RequestView } from "./schema";

type Tone = "ok" | "warn" | "crit" | "info" | "wait" | "idle";
export type StatusWords = { word: string; tone: Tone; icon: string; bare?: boolean };

/** Status of a request → word, tone and icon on every screen. */
export const requestStatusView = (request: Pick<RequestView, "status" | "approvals" | "policy">): StatusWords => {
  const words: Record<RequestStatus, StatusWords> = {
    OPEN: { word: `${request.approvals} of ${request.policy.approvalsNeeded} approvals`, tone: "wait", icon: "stamp" },
    APPROVED: { word: "Approved", tone: "ok", icon: "okc" },
    EXECUTED: { word: "Executed", tone: "ok", icon: "okc", bare: true },
    REJECTED: { word: "Rejected", tone: "crit", icon: "x" },
    WITHDRAWN: { word: "Withdrawn", tone: "idle", icon: "minusc" },
    EXPIRED: { word: "Expired", tone: "idle", icon: "clock" },
    STALE: { word: "Void, inputs changed", tone: "warn", icon: "alert" },
  };
  return words[request.status];
};
