import { type RolloutPlan, type RolloutPlanStep, type RolloutStrategy, toBasisPoints } from "./plan";

export const activePhases = ["PENDING", "PREPARING", "SHADOWING", "STEPPING", "BAKING", "HELD", "AWAITING_APPROVAL", "PROMOTING", "POST_BAKE", "FINALIZING", "ROLLING_BACK", "STUCK"] as const;
export const endedPhases = ["SUCCEEDED", "ROLLED_BACK", "CANCELLED", "SUPERSEDED"] as const;
export type ActivePhase = (typeof activePhases)[number];
export type EndedPhase = (typeof endedPhases)[number];
export type RolloutPhase = ActivePhase | EndedPhase;

/** The part of a rollout that decides what may happen next. Times are of the database's clock. */
export type RolloutState = {
  strategy: RolloutStrategy;
  plan: RolloutPlan;
  phase: RolloutPhase;
  phaseSince: Date;
  stepIndex: number;
  /** Since when the current step is measured: its route was acknowledged then. */
  bakingSince: Date | null;
  heldPhase: "SHADOWING" | "BAKING" | "PREPARING" | null;
  /** Whether the stable pointer of the endpoint already names the target. */
  isPointerMoved: boolean;
  hasStable: boolean;
};

export type Verdict = "safe" | "harmful" | "undecided" | "no_data" | "invalid";

/** What the world looks like at a tick; measured, never remembered. */
export type Facts = {
  target: { state: "ready" | "loading" | "failed"; reason?: string };
  /** Whether every live gateway applies the route that the rollout wants. */
  isRouteApplied: boolean;
  liveGateways: number;
  verdict: { overall: Verdict; reason: string; hasEnough: boolean } | null;
  /** Why the target may not receive this environment's traffic, if so. */
  releaseBlock: string | null;
};

/** Traffic that a phase wants, in basis points; set absolutely, never incremented. */
export type Route = { stable: "from" | "to"; candidateWeightBp: number; mirrorBp: number };

export type Transition = {
  phase: RolloutPhase;
  stepIndex: number;
  bakingSince: Date | null;
  heldPhase: RolloutState["heldPhase"];
  reason: string;
  /** Route to publish together with the transition; absent = the route stays. */
  route?: Route;
  movePointer?: "to" | "from";
  /** How the step that the rollout leaves ended. */
  stepOutcome?: "passed" | "failed" | "held" | "skipped" | "restarted";
};

export type RolloutEvent =
  | { type: "tick"; facts: Facts }
  | { type: "promote"; reason: string }
  | { type: "hold"; reason: string }
  | { type: "resume"; reason: string }
  | { type: "abort"; reason: string }
  | { type: "rollback"; reason: string }
  | { type: "supersede"; reason: string };

const home: Route = { stable: "from", candidateWeightBp: 0, mirrorBp: 0 };
const routeOfStep = (step: RolloutPlanStep | undefined): Route =>
  step?.kind === "shadow" ? { ...home, mirrorBp: toBasisPoints(step.mirrorPercent) } : step?.kind === "canary" ? { ...home, candidateWeightBp: toBasisPoints(step.weightPercent) } : home;

export const stepOf = (state: Pick<RolloutState, "plan" | "stepIndex">): RolloutPlanStep | undefined => state.plan.steps[state.stepIndex];
export const isEnded = (phase: RolloutPhase): phase is EndedPhase => (endedPhases as readonly string[]).includes(phase);

const secondsSince = (since: Date, now: Date): number => (now.getTime() - since.getTime()) / 1000;

/** Seconds that a route may wait for its acknowledgement before a person is called. */
export const acknowledgeDeadlineSeconds = 60;

const stay = (state: RolloutState, patch: Partial<Transition> & { phase: RolloutPhase; reason: string }): Transition => ({
  stepIndex: state.stepIndex,
  bakingSince: null,
  heldPhase: null,
  ...patch,
});

/** Leads into step `index`, or into promotion when there is none left. */
const enterStep = (state: RolloutState, index: number, reason: string): Transition => {
  const step = state.plan.steps[index];
  const at = { stepIndex: index };
  if (!step) {
    if (state.strategy === "shadow") return stay(state, { ...at, phase: "FINALIZING", reason, route: home });
    return stay(state, { ...at, phase: "PROMOTING", reason, route: state.hasStable ? { ...home, candidateWeightBp: 10_000 } : { ...home, stable: "to" } });
  }
  if (step.kind === "gate") return stay(state, { ...at, phase: "AWAITING_APPROVAL", reason: step.note ?? "A person has to let it pass." });
  return stay(state, { ...at, phase: step.kind === "shadow" ? "SHADOWING" : "STEPPING", reason, route: routeOfStep(step) });
};

const rollBack = (state: RolloutState, reason: string): Transition =>
  stay(state, { phase: "ROLLING_BACK", reason, route: home, stepOutcome: "failed", ...(state.isPointerMoved ? { movePointer: "from" as const } : {}) });

const hold = (state: RolloutState, heldPhase: NonNullable<RolloutState["heldPhase"]>, reason: string, patch: Partial<Transition> = {}): Transition =>
  stay(state, { phase: "HELD", reason, heldPhase, bakingSince: state.bakingSince, ...patch });

/** Decides a measured step: harm beats everything, then validity, then enough data, then the deadline's policy. */
const judgeStep = (state: RolloutState, facts: Facts, now: Date): Transition | null => {
  const step = stepOf(state);
  const verdict = facts.verdict;
  if (!step || step.kind === "gate" || !state.bakingSince || !verdict) return null;
  const heldPhase = step.kind === "shadow" ? "SHADOWING" : "BAKING";
  const elapsed = secondsSince(state.bakingSince, now);
  if (verdict.overall === "harmful") return rollBack(state, verdict.reason);
  if (verdict.overall === "invalid") return hold(state, heldPhase, verdict.reason, { stepOutcome: "held" });
  if (elapsed < step.bakeSeconds) return null;
  if (verdict.overall === "safe" && verdict.hasEnough) return { ...enterStep(state, state.stepIndex + 1, verdict.reason), stepOutcome: "passed" };
  if (elapsed < step.deadlineSeconds) return null;
  const late = `Not decided after ${Math.round(elapsed)} s: ${verdict.reason}`;
  // No data is never success, whatever the policy for an undecided step says.
  if (verdict.overall === "no_data" || !verdict.hasEnough || step.onUndecided === "hold") return hold(state, heldPhase, late, { stepOutcome: "held" });
  if (step.onUndecided === "roll_back") return rollBack(state, late);
  return { ...enterStep(state, state.stepIndex + 1, late), stepOutcome: "skipped" };
};

const tick = (state: RolloutState, facts: Facts, now: Date): Transition | null => {
  const elapsed = secondsSince(state.phaseSince, now);
  const waits = state.phase === "AWAITING_APPROVAL" || (state.phase === "HELD" && state.heldPhase !== "PREPARING");
  const carriesTarget = waits || ["SHADOWING", "STEPPING", "BAKING", "PROMOTING"].includes(state.phase);
  if (carriesTarget && facts.releaseBlock) return rollBack(state, facts.releaseBlock);
  if (carriesTarget && facts.target.state === "failed") return rollBack(state, facts.target.reason ?? "The runtime lost the target version.");
  // A pause stops the step's clock, never the watch over harm.
  if (waits && facts.verdict?.overall === "harmful") return rollBack(state, facts.verdict.reason);
  switch (state.phase) {
    case "PENDING":
      return stay(state, { phase: "PREPARING", reason: "Loading the target version with no traffic." });
    case "PREPARING":
      if (facts.releaseBlock) return rollBack(state, facts.releaseBlock);
      if (facts.target.state === "ready") return enterStep(state, 0, "The target version is loaded and answered a probe.");
      if (facts.target.state === "failed") return rollBack(state, facts.target.reason ?? "The target version could not be loaded.");
      return elapsed > state.plan.prepareDeadlineSeconds ? rollBack(state, `The target version was not ready after ${state.plan.prepareDeadlineSeconds} s.`) : null;
    case "SHADOWING":
      if (!state.bakingSince) return facts.isRouteApplied ? stay(state, { phase: "SHADOWING", reason: "Every gateway mirrors; measuring.", bakingSince: now }) : late(state, elapsed, facts);
      return judgeStep(state, facts, now);
    case "STEPPING":
      if (facts.isRouteApplied) return stay(state, { phase: "BAKING", reason: "Every gateway applies the weight; measuring.", bakingSince: now });
      return late(state, elapsed, facts);
    case "BAKING":
      return judgeStep(state, facts, now);
    case "PROMOTING":
      if (!facts.isRouteApplied) return elapsed > acknowledgeDeadlineSeconds && facts.liveGateways > 0 ? stay(state, { phase: "STUCK", reason: "A live gateway does not apply the promotion's route.", route: home }) : null;
      return stay(state, {
        phase: state.plan.postBakeSeconds > 0 ? "POST_BAKE" : "FINALIZING",
        reason: "All traffic goes to the target version; the endpoint's stable pointer moved.",
        movePointer: "to",
        route: { stable: "to", candidateWeightBp: 0, mirrorBp: 0 },
        bakingSince: now,
      });
    case "POST_BAKE":
      if (facts.target.state === "failed") return rollBack(state, facts.target.reason ?? "The promoted version stopped answering its readiness probe.");
      if (facts.verdict?.overall === "harmful") return rollBack(state, facts.verdict.reason);
      return elapsed >= state.plan.postBakeSeconds ? stay(state, { phase: "FINALIZING", reason: "The judging window after promotion is over." }) : null;
    case "FINALIZING":
      if (!facts.isRouteApplied && elapsed < acknowledgeDeadlineSeconds) return null;
      return stay(state, { phase: "SUCCEEDED", reason: state.strategy === "shadow" ? "The shadow is judged safe; the stable version is unchanged." : "The target version serves all traffic." });
    case "ROLLING_BACK":
    case "STUCK":
      if (facts.isRouteApplied) return stay(state, { phase: "ROLLED_BACK", reason: "" });
      return state.phase === "ROLLING_BACK" && elapsed > acknowledgeDeadlineSeconds && facts.liveGateways > 0 ? stay(state, { phase: "STUCK", reason: "A live gateway does not apply the way back; traffic may still reach the target." }) : null;
    default:
      return null;
  }
};

const late = (state: RolloutState, elapsed: number, facts: Facts): Transition | null => {
  if (elapsed <= acknowledgeDeadlineSeconds) return null;
  const reason = facts.liveGateways === 0 ? "No gateway is alive to apply the route." : "A live gateway does not acknowledge the route.";
  return hold(state, state.phase === "SHADOWING" ? "SHADOWING" : "BAKING", reason);
};

/** Which verbs a person may use now, with the reason where not. Server and screen ask this one function. */
export const allowedActions = (state: Pick<RolloutState, "phase" | "strategy">): Record<"promote" | "hold" | "resume" | "abort" | "rollback", string | null> => {
  const { phase } = state;
  const ended = isEnded(phase) ? "The rollout has ended." : null;
  const leaving = phase === "ROLLING_BACK" || phase === "STUCK" ? "Traffic is already on its way back." : null;
  const moving = ["SHADOWING", "STEPPING", "BAKING"].includes(phase);
  return {
    promote: ended ?? leaving ?? (phase === "AWAITING_APPROVAL" || moving ? null : phase === "HELD" ? "Resume first: a held rollout is not measured." : "There is no step to go on from."),
    hold: ended ?? leaving ?? (moving ? null : phase === "HELD" ? "It is held already." : "Only a step that is being measured can be held."),
    resume: ended ?? (phase === "HELD" ? null : "Only a held rollout can be resumed."),
    abort: ended ?? leaving ?? (phase === "POST_BAKE" || phase === "FINALIZING" ? "The target already serves; roll back instead." : null),
    rollback: ended ?? leaving,
  };
};

/**
 * The life of a rollout as a pure function: (state, event, now) → transition, or null when nothing changes.
 * Abort and roll back are legal in every phase that still carries traffic or may get some, promotion included.
 */
export const advance = (state: RolloutState, event: RolloutEvent, now: Date): Transition | null => {
  if (isEnded(state.phase)) return null;
  if (event.type === "tick") return tick(state, event.facts, now);
  if (event.type === "supersede") {
    return state.phase === "POST_BAKE" || state.phase === "FINALIZING" ? stay(state, { phase: "SUCCEEDED", reason: event.reason }) : stay(state, { phase: "SUPERSEDED", reason: event.reason, route: home, stepOutcome: "failed" });
  }
  if (allowedActions(state)[event.type] !== null) return null;
  switch (event.type) {
    case "promote":
      return { ...enterStep(state, state.stepIndex + 1, event.reason), stepOutcome: state.phase === "AWAITING_APPROVAL" ? "passed" : "skipped" };
    case "hold":
      return hold(state, state.phase === "SHADOWING" ? "SHADOWING" : "BAKING", event.reason, { stepOutcome: "held" });
    case "resume": {
      // After an abort nothing of the target is trusted any more: it starts again at its first step.
      if (state.heldPhase === "PREPARING") return stay(state, { phase: "PREPARING", reason: event.reason, stepIndex: 0, stepOutcome: "restarted" });
      const step = stepOf(state);
      return stay(state, { phase: step?.kind === "shadow" ? "SHADOWING" : "STEPPING", reason: event.reason, route: routeOfStep(step), stepOutcome: "restarted" });
    }
    case "abort":
      return state.phase === "PENDING" || state.phase === "PREPARING"
        ? stay(state, { phase: "CANCELLED", reason: event.reason, route: home })
        : hold(state, "PREPARING", event.reason, { route: home, bakingSince: null, stepOutcome: "failed" });
    case "rollback":
      return rollBack(state, event.reason);
  }
};
