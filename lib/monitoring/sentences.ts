import type { FeatureTest, MonitorRule } from "./schema";

/** "14:00 UTC" */
export const clockUtc = (at: Date): string => `${at.toISOString().slice(11, 16)} UTC`;
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
const signed = (value: number): string => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;

export type CauseFacts = { rule: MonitorRule; endpoint: string; version: number | null; since: Date; value: number | null; lower: number | null; upper: number | null; rows: number; features: readonly FeatureTest[] };

const featureWords = (test: FeatureTest): string => (test.shift !== null && Math.abs(test.shift) >= 0.05 ? `${test.name} shifted ${signed(test.shift)}σ` : `${test.name} changed its distribution`);

const versionName = ({ endpoint, version }: Pick<CauseFacts, "endpoint" | "version">): string => (version === null ? endpoint : `${endpoint} v${version}`);

/** What an incident is called: the finding. */
export const incidentTitle = (facts: CauseFacts): string => {
  switch (facts.rule.kind) {
    case "drift":
      return `Inputs of ${facts.endpoint} drifted`;
    case "prediction_drift":
      return `Predictions of ${facts.endpoint} drifted`;
    case "performance":
      return `Accuracy of ${versionName(facts)} is below ${percent(facts.rule.params.line)}`;
    case "error_rate":
      return `${versionName(facts)} fails in more than ${percent(facts.rule.params.limit)} of requests`;
  }
};

/** Subject, what moved, how much, since when. */
export const causeSentence = (facts: CauseFacts): string => {
  const since = `since ${clockUtc(facts.since)}`;
  const over = [...facts.features].filter((test) => test.isOver).sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0));
  const interval = facts.lower === null || facts.upper === null ? "" : `, ${percent(facts.lower)} to ${percent(facts.upper)}`;
  switch (facts.rule.kind) {
    case "drift": {
      const [worst] = over;
      const counted = `${over.length} of ${facts.features.length} features over their limit ${since}.`;
      return worst ? `${featureWords(worst)}; ${counted}` : counted;
    }
    case "prediction_drift":
      return `The mix of predicted classes is ${facts.value === null ? "far" : `${Number(facts.value.toFixed(1))} times its limit`} away from the reference ${since}, n ${facts.rows}.`;
    case "performance":
      return `Accuracy is ${facts.value === null ? "unknown" : percent(facts.value)}${interval}, n ${facts.rows}; critical below ${percent(facts.rule.params.line)}, ${since}.`;
    case "error_rate":
      return `Error rate is ${facts.value === null ? "unknown" : percent(facts.value)}${interval}, n ${facts.rows}; critical above ${percent(facts.rule.params.limit)}, ${since}.`;
  }
};
