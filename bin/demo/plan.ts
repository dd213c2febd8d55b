/** What guards each step of the demo's canaries. */
const guardrails = [
  { metric: "error_rate", margin: 0.06 },
  { metric: "latency_p95", marginMs: 250 },
  { metric: "loss", margin: 0.08, minLabels: 100 },
];
const ends = { postBakeSeconds: 5, warmSeconds: 3_600, prepareDeadlineSeconds: 60 };
const canary = (weightPercent: number, minRequests: number, bakeSeconds: number) => ({ kind: "canary", weightPercent, minRequests, bakeSeconds, deadlineSeconds: 90, onUndecided: "hold" });
const shadow = { kind: "shadow", mirrorPercent: 100, minPairs: 200, bakeSeconds: 6, deadlineSeconds: 60, onUndecided: "hold" };

/** A quarter of the traffic, then half of it; with `isMirroredFirst` all of it as a shadow before. Bodies of the API as any user sends them. */
export const canaryPlan = ({ isMirroredFirst = false } = {}) => ({ steps: [...(isMirroredFirst ? [shadow] : []), canary(25, 100, 6), canary(50, 150, 6)], guardrails, ...ends });
