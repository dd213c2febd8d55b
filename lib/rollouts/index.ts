export * from "./operations";
export { defaultPlan, type GuardrailMetric, type GuardrailPlan, RolloutPlan, type RolloutPlanStep, rolloutStrategies, type RolloutStrategy } from "./plan";
export { type GuardrailVerdict, type RolloutPreview, type RolloutStepView, type RolloutSummary, type RolloutView, type VerdictDocument, type VerdictPoint } from "./schema";
export { rolloutStatusView, verdictView } from "./words";
