import type { EndpointRow } from "@/lib/serving/server";

import type { RolloutPhase, RolloutState } from "./machine";
import { RolloutPlan, type RolloutStrategy } from "./plan";
import type { RolloutRow, StepRow } from "./store";

/** Reads the machine's state out of the rows. */
export const toState = (row: RolloutRow, steps: StepRow[], endpoint: EndpointRow): RolloutState => ({
  strategy: row.strategy as RolloutStrategy,
  plan: RolloutPlan.parse(row.plan),
  phase: row.phase as RolloutPhase,
  phaseSince: row.phaseSince,
  stepIndex: row.stepIndex,
  bakingSince: steps.find((step) => step.index === row.stepIndex)?.bakingSince ?? null,
  heldPhase: row.heldPhase as RolloutState["heldPhase"],
  isPointerMoved: endpoint.stableVersionId === row.toVersionId && row.fromVersionId !== row.toVersionId,
  hasStable: row.fromVersionId !== null,
});
