import { describe, expect, it } from "vitest";

import type { ArmTotals } from "@/lib/monitoring/server";
import { emptyPair, judge, judgeAfterPromotion, mergeTotals, type Stratum } from "@/lib/rollouts/decide";
import { RolloutPlan, type RolloutPlanStep } from "@/lib/rollouts/plan";
import { LogHistogram } from "@/lib/stats";

const plan = RolloutPlan.parse({
  steps: [{ kind: "canary", weightPercent: 50, minRequests: 200, bakeSeconds: 10, deadlineSeconds: 60 }],
  guardrails: [
    { metric: "error_rate", margin: 0.03 },
    { metric: "latency_p95", marginMs: 20 },
    { metric: "loss", margin: 0.08, minLabels: 100 },
  ],
});
const step = plan.steps[0] as Extract<RolloutPlanStep, { kind: "canary" }>;

const arm = (requests: number, { errors = 0, wrong = Math.round(requests * 0.05), labelled = requests, ms = 5 }: { errors?: number; wrong?: number; labelled?: number; ms?: number } = {}): ArmTotals => ({
  requests,
  errors,
  units: requests,
  labelled,
  lossSum: wrong,
  lossSumSquares: wrong,
  latency: LogHistogram.of(Array.from({ length: requests }, (_, index) => ms + (index % 10) / 10)).histogram.toJSON(),
});
const canary = (stable: ArmTotals | null, candidate: ArmTotals | null, patch: Partial<Stratum> = {}) =>
  judge({ kind: "canary", plan, step, stepIndex: 0, strata: [{ routeNumber: 3, stepIndex: 0, candidateWeightBp: 5_000, stable, candidate, ...patch }] });
const of = (document: ReturnType<typeof judge>, metric: string) => document.guardrails.find((guardrail) => guardrail.metric === metric);

describe("judge, canary", () => {
  it("calls equal arms safe when there is enough of both", () => {
    const document = canary(arm(1_500), arm(1_500));
    expect(document).toMatchObject({ overall: "safe", hasEnough: true });
    expect(of(document, "loss")).toMatchObject({ verdict: "safe", stable: { n: 1_500 }, candidate: { n: 1_500 } });
  });

  it("never calls silence success", () => {
    expect(canary(null, null).overall).toBe("no_data");
    expect(canary(arm(15), null).overall).toBe("no_data");
    expect(canary(arm(900), null).overall).toBe("invalid");
    expect(canary(arm(900, { labelled: 0, wrong: 0 }), arm(900, { labelled: 0, wrong: 0 }))).toMatchObject({ overall: "no_data" });
  });

  it("gives no verdict below the minimum, whatever the figures look like", () => {
    const document = canary(arm(60), arm(60, { wrong: 50 }));
    expect(document.overall).toBe("undecided");
    expect(of(document, "loss")).toMatchObject({ verdict: "undecided", reason: expect.stringContaining("60 of 100") as string });
  });

  it("is not fooled into certainty by arms without a single error", () => {
    const rate = of(canary(arm(150), arm(150)), "error_rate");
    expect(rate?.difference.upper).toBeGreaterThan(0.01);
    expect(rate?.difference.upper).toBeLessThan(0.04);
  });

  it("finds a candidate that answers wrongly harmful, with its bound in the reason", () => {
    const document = canary(arm(300), arm(300, { wrong: 220 }));
    expect(document.overall).toBe("harmful");
    expect(document.reason).toMatch(/^Loss by labels: at least \+\d+\.\d pp worse/);
  });

  it("finds a slow candidate harmful by its quantile", () => {
    expect(canary(arm(600), arm(600, { ms: 80 }))).toMatchObject({ overall: "harmful", reason: expect.stringContaining("p95") as string });
  });

  it("needs no statistics for a candidate that always fails", () => {
    expect(canary(arm(40), arm(20, { errors: 20, labelled: 0, wrong: 0 }))).toMatchObject({ overall: "harmful", reason: "Every one of its 20 requests failed." });
  });

  it("holds every comparison invalid while the split is broken, but harm still wins", () => {
    const skewed = { ...arm(1_500), units: 1_900 };
    expect(canary(skewed, { ...arm(1_500), units: 1_100 })).toMatchObject({ overall: "invalid", split: { isValid: false, n: 3_000 } });
    expect(canary(skewed, { ...arm(1_500, { wrong: 1_100 }), units: 1_100 }).overall).toBe("harmful");
  });

  it("compares within each route, so that a drifting stream does not look like harm", () => {
    const strata: Stratum[] = [
      { routeNumber: 1, stepIndex: 0, candidateWeightBp: 1_000, stable: arm(9_000, { wrong: 180 }), candidate: arm(1_000, { wrong: 20 }) },
      { routeNumber: 2, stepIndex: 0, candidateWeightBp: 9_000, stable: arm(1_000, { wrong: 200 }), candidate: arm(9_000, { wrong: 1_800 }) },
    ];
    const loss = of(judge({ kind: "canary", plan, step, stepIndex: 0, strata }), "loss");
    expect(loss?.difference.value).toBeCloseTo(0, 10);
    expect(loss?.verdict).toBe("safe");
  });
});

describe("judge, shadow", () => {
  const shadowPlan = RolloutPlan.parse({ steps: [{ kind: "shadow", mirrorPercent: 100, minPairs: 200, bakeSeconds: 5, deadlineSeconds: 60 }], guardrails: [{ metric: "loss", margin: 0.05, minLabels: 100 }] });
  const shadowStep = shadowPlan.steps[0] as Extract<RolloutPlanStep, { kind: "shadow" }>;
  const shadow = (pairs: Partial<typeof emptyPair>) =>
    judge({ kind: "shadow", plan: shadowPlan, step: shadowStep, stable: [arm(600)], shadow: [arm(600)], pairs: { ...emptyPair, ...pairs } });

  it("compares losses pair by pair and shows agreement without letting it guard", () => {
    const document = shadow({ pairs: 600, agreed: 560, labelledPairs: 580, lossDiffSum: -10, lossDiffSumSquares: 40, onlyShadowRight: 25, onlyStableRight: 15 });
    expect(document.overall).toBe("safe");
    expect(of(document, "agreement")).toMatchObject({ guards: false, candidate: { value: 560 / 600, n: 600 } });
  });

  it("finds a shadow that loses pair after pair harmful", () => {
    expect(shadow({ pairs: 400, agreed: 120, labelledPairs: 380, lossDiffSum: 260, lossDiffSumSquares: 265 }).overall).toBe("harmful");
  });

  it("lets agreement guard once the plan sets a margin", () => {
    const strict = RolloutPlan.parse({ ...shadowPlan, guardrails: [{ metric: "agreement", margin: 0.05 }] });
    const document = judge({ kind: "shadow", plan: strict, step: shadowStep, stable: [arm(600)], shadow: [arm(600)], pairs: { ...emptyPair, pairs: 600, agreed: 300 } });
    expect(document).toMatchObject({ overall: "harmful" });
  });
});

describe("judgeAfterPromotion", () => {
  it("calls a promoted version harmful when it fails where the former did not", () => {
    expect(judgeAfterPromotion(plan, [arm(2_000)], [arm(400, { errors: 60 })]).overall).toBe("harmful");
  });
  it("has nothing against one that does not fail", () => {
    expect(judgeAfterPromotion(plan, [arm(2_000)], [arm(2_000)]).overall).toBe("safe");
  });
});

describe("mergeTotals", () => {
  it("adds every count, latency buckets included", () => {
    const merged = mergeTotals([arm(100), arm(50, { errors: 5 })]);
    expect(merged).toMatchObject({ requests: 150, errors: 5 });
    expect(LogHistogram.fromCounts(merged.latency)?.n).toBe(150);
  });
});

describe("what a row shows", () => {
  it("is what was judged: a safe interval ends inside its limit, a harmful one begins beyond it", () => {
    for (const wrong of [10, 40, 75, 110, 150, 400, 900]) {
      for (const guardrail of canary(arm(1_500), arm(1_500, { wrong })).guardrails) {
        const { lower, upper } = guardrail.difference;
        if (guardrail.verdict === "safe") expect(upper).toBeLessThan(guardrail.limit);
        if (guardrail.verdict === "harmful") expect(lower).toBeGreaterThan(guardrail.limit);
        if (guardrail.verdict === "undecided" && lower !== null && upper !== null) expect([lower <= guardrail.limit, upper >= guardrail.limit]).toEqual([true, true]);
      }
    }
  });
});
