import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { activePhases, advance, allowedActions, type Facts, isEnded, type RolloutEvent, type RolloutState, type Transition } from "@/lib/rollouts/machine";
import { RolloutPlan } from "@/lib/rollouts/plan";

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const plan = RolloutPlan.parse({
  steps: [
    { kind: "shadow", mirrorPercent: 100, minPairs: 100, bakeSeconds: 10, deadlineSeconds: 30 },
    { kind: "canary", weightPercent: 10, minRequests: 100, bakeSeconds: 10, deadlineSeconds: 30, onUndecided: "advance" },
    { kind: "gate", note: "Sign-off" },
    { kind: "canary", weightPercent: 50, minRequests: 100, bakeSeconds: 10, deadlineSeconds: 30, onUndecided: "roll_back" },
  ],
  guardrails: [{ metric: "error_rate", margin: 0.01 }],
  postBakeSeconds: 20,
});
const base: RolloutState = { strategy: "canary", plan, phase: "PENDING", phaseSince: at(0), stepIndex: 0, bakingSince: null, heldPhase: null, isPointerMoved: false, hasStable: true };
const facts: Facts = { target: { state: "ready" }, isRouteApplied: true, liveGateways: 2, verdict: null, releaseBlock: null };
const verdict = (overall: NonNullable<Facts["verdict"]>["overall"], hasEnough = true): Facts => ({ ...facts, verdict: { overall, reason: `is ${overall}`, hasEnough } });
const tick = (patch: Partial<RolloutState>, seen: Facts, seconds: number): Transition | null => advance({ ...base, ...patch }, { type: "tick", facts: seen }, at(seconds));
const baking = (stepIndex: number): Partial<RolloutState> => ({ phase: "BAKING", stepIndex, bakingSince: at(0) });

describe("advance", () => {
  it.each([
    ["pending starts to prepare", { phase: "PENDING" }, facts, 0, { phase: "PREPARING" }],
    ["a ready target enters its first step with a mirror and no weight", { phase: "PREPARING" }, facts, 1, { phase: "SHADOWING", route: { stable: "from", candidateWeightBp: 0, mirrorBp: 10_000 } }],
    ["a target that fails to load rolls back", { phase: "PREPARING" }, { ...facts, target: { state: "failed", reason: "bad file" } }, 1, { phase: "ROLLING_BACK", reason: "bad file" }],
    ["a target that never gets ready rolls back at the deadline", { phase: "PREPARING" }, { ...facts, target: { state: "loading" } }, 301, { phase: "ROLLING_BACK" }],
    ["the mirror is measured from its acknowledgement on", { phase: "SHADOWING" }, facts, 2, { phase: "SHADOWING", bakingSince: at(2) }],
    ["a weight is measured from its acknowledgement on", { phase: "STEPPING", stepIndex: 1 }, facts, 2, { phase: "BAKING", bakingSince: at(2) }],
    ["a safe shadow goes on to the canary", { phase: "SHADOWING", bakingSince: at(0) }, verdict("safe"), 11, { phase: "STEPPING", stepIndex: 1, stepOutcome: "passed", route: { stable: "from", candidateWeightBp: 1_000, mirrorBp: 0 } }],
    ["harm rolls back before the bake time is over", baking(1), verdict("harmful"), 1, { phase: "ROLLING_BACK", stepOutcome: "failed", route: { stable: "from", candidateWeightBp: 0, mirrorBp: 0 } }],
    ["a broken split holds", baking(1), verdict("invalid"), 1, { phase: "HELD", heldPhase: "BAKING" }],
    ["undecided at the deadline follows the step: advance", baking(1), verdict("undecided"), 31, { phase: "AWAITING_APPROVAL", stepOutcome: "skipped" }],
    ["undecided at the deadline follows the step: roll back", baking(3), verdict("undecided"), 31, { phase: "ROLLING_BACK" }],
    ["no data is never success, even where undecided would advance", baking(1), verdict("no_data"), 31, { phase: "HELD" }],
    ["too few requests at the deadline hold, even where undecided would advance", baking(1), verdict("undecided", false), 31, { phase: "HELD" }],
    ["the last safe step promotes", baking(3), verdict("safe"), 11, { phase: "PROMOTING", route: { stable: "from", candidateWeightBp: 10_000, mirrorBp: 0 } }],
    ["an acknowledged promotion moves the pointer", { phase: "PROMOTING", stepIndex: 4 }, facts, 1, { phase: "POST_BAKE", movePointer: "to", route: { stable: "to", candidateWeightBp: 0, mirrorBp: 0 } }],
    ["harm after promotion moves the pointer back", { phase: "POST_BAKE", stepIndex: 4, isPointerMoved: true }, verdict("harmful"), 1, { phase: "ROLLING_BACK", movePointer: "from" }],
    ["the judging window ends", { phase: "POST_BAKE", stepIndex: 4, isPointerMoved: true }, facts, 21, { phase: "FINALIZING" }],
    ["finalising succeeds", { phase: "FINALIZING", isPointerMoved: true }, facts, 1, { phase: "SUCCEEDED" }],
    ["an acknowledged way back ends it", { phase: "ROLLING_BACK" }, facts, 1, { phase: "ROLLED_BACK" }],
    ["a way back that a live gateway ignores calls a person", { phase: "ROLLING_BACK" }, { ...facts, isRouteApplied: false }, 61, { phase: "STUCK" }],
    ["a stuck way back ends when it is acknowledged at last", { phase: "STUCK" }, facts, 600, { phase: "ROLLED_BACK" }],
    ["an approval that is void takes the traffic away", baking(1), { ...verdict("safe"), releaseBlock: "void" }, 1, { phase: "ROLLING_BACK", reason: "void" }],
    ["a held rollout is still watched for harm", { phase: "HELD", heldPhase: "BAKING", stepIndex: 1, bakingSince: at(0) }, verdict("harmful"), 1, { phase: "ROLLING_BACK" }],
    ["so is one that waits at a gate", { phase: "AWAITING_APPROVAL", stepIndex: 2 }, verdict("harmful"), 1, { phase: "ROLLING_BACK" }],
  ] as const)("%s", (_, patch, seen, seconds, expected) => {
    expect(tick(patch as Partial<RolloutState>, seen as Facts, seconds)).toMatchObject(expected);
  });

  it.each([
    ["a safe step waits for its bake time", baking(1), verdict("safe"), 5],
    ["a safe step waits for enough requests", baking(1), verdict("safe", false), 15],
    ["an unacknowledged weight waits", { phase: "STEPPING", stepIndex: 1 }, { ...facts, isRouteApplied: false }, 5],
    ["an ended rollout never moves", { phase: "SUCCEEDED" }, verdict("harmful"), 5],
  ] as const)("%s", (_, patch, seen, seconds) => {
    expect(tick(patch as Partial<RolloutState>, seen as Facts, seconds)).toBeNull();
  });

  it("releases a first version without a weight, because there is nothing to weigh it against", () => {
    const first = advance({ ...base, strategy: "all_at_once", plan: { ...plan, steps: [] }, phase: "PREPARING", hasStable: false }, { type: "tick", facts }, at(1));
    expect(first).toMatchObject({ phase: "PROMOTING", route: { stable: "to", candidateWeightBp: 0 } });
  });

  it("ends a shadow rollout without touching the stable pointer", () => {
    const shadow = { ...base, strategy: "shadow" as const, plan: { ...plan, steps: plan.steps.slice(0, 1) }, phase: "SHADOWING" as const, bakingSince: at(0) };
    const done = advance(shadow, { type: "tick", facts: verdict("safe") }, at(11));
    expect(done).toMatchObject({ phase: "FINALIZING", route: { candidateWeightBp: 0, mirrorBp: 0 } });
    expect(done?.movePointer).toBeUndefined();
  });

  it("starts again at its first step when it is resumed after an abort", () => {
    const aborted = advance({ ...base, ...baking(3) }, { type: "abort", reason: "odd" }, at(5));
    expect(aborted).toMatchObject({ phase: "HELD", heldPhase: "PREPARING", route: { candidateWeightBp: 0, mirrorBp: 0 } });
    expect(advance({ ...base, phase: "HELD", heldPhase: "PREPARING", stepIndex: 3 }, { type: "resume", reason: "fine" }, at(9))).toMatchObject({ phase: "PREPARING", stepIndex: 0 });
  });
});

const overall = fc.constantFrom("safe", "harmful", "undecided", "no_data", "invalid");
const arbitraryFacts: fc.Arbitrary<Facts> = fc.record({
  target: fc.constantFrom({ state: "ready" as const }, { state: "loading" as const }, { state: "failed" as const, reason: "gone" }),
  isRouteApplied: fc.boolean(),
  liveGateways: fc.nat(3),
  verdict: fc.option(fc.record({ overall, reason: fc.constant("r"), hasEnough: fc.boolean() })),
  releaseBlock: fc.option(fc.constant("void")),
});
const arbitraryEvent: fc.Arbitrary<RolloutEvent> = fc.oneof(
  { weight: 8, arbitrary: arbitraryFacts.map((seen) => ({ type: "tick" as const, facts: seen })) },
  fc.constantFrom("promote", "hold", "resume", "abort", "rollback", "supersede").map((type) => ({ type, reason: "r" })),
);

describe("every history", () => {
  const apply = (state: RolloutState, transition: Transition, now: Date): RolloutState => ({
    ...state,
    phase: transition.phase,
    phaseSince: transition.phase === state.phase && transition.stepIndex === state.stepIndex ? state.phaseSince : now,
    stepIndex: transition.stepIndex,
    bakingSince: transition.bakingSince,
    heldPhase: transition.heldPhase,
    isPointerMoved: transition.movePointer ? transition.movePointer === "to" : state.isPointerMoved,
  });

  it("keeps weights legal, shows the target traffic only after it was ready, and moves the pointer at most once each way", () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { maxLength: 60 }), (events) => {
        let state = base;
        let wasReady = false;
        events.forEach((event, index) => {
          const now = at(index * 7);
          wasReady ||= event.type === "tick" && event.facts.target.state === "ready";
          const transition = advance(state, event, now);
          if (!transition) return;
          expect(isEnded(state.phase)).toBe(false);
          const { route } = transition;
          if (route) {
            expect(route.candidateWeightBp).toBeGreaterThanOrEqual(0);
            expect(route.candidateWeightBp).toBeLessThanOrEqual(10_000);
            if (route.candidateWeightBp > 0 || route.mirrorBp > 0 || route.stable === "to") expect(wasReady).toBe(true);
          }
          if (transition.movePointer === "to") expect(state.isPointerMoved).toBe(false);
          if (transition.movePointer === "from") expect(state.isPointerMoved).toBe(true);
          if (transition.phase === "ROLLED_BACK") expect(state.isPointerMoved).toBe(false);
          state = apply(state, transition, now);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("lets a person take traffic away in every phase that carries some", () => {
    for (const phase of activePhases) {
      const carries = !["PENDING", "PREPARING", "ROLLING_BACK", "STUCK"].includes(phase);
      if (!carries) continue;
      const allowed = allowedActions({ phase, strategy: "canary" });
      expect(allowed.rollback, phase).toBeNull();
      expect(advance({ ...base, phase, isPointerMoved: phase === "POST_BAKE" }, { type: "rollback", reason: "now" }, at(1)), phase).toMatchObject({ phase: "ROLLING_BACK", route: { stable: "from", candidateWeightBp: 0, mirrorBp: 0 } });
    }
  });
});
