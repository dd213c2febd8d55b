import { EvaluationDocument, type CheckView, type PolicyCheck } from "./schema";

export type EvidenceFact = { id: string; kind: string; name: string; document: unknown; createdBy: string };
export type CheckFacts = {
  versionNumber: number;
  /** `code`: what loading the model would run. `cautions`: what else whoever approves should know. */
  inspection: { verdict: string | null; status: string; inspector: string; problems: string[]; code?: string[]; cautions?: string[] } | null;
  /** Current evidence, newest first. */
  evidence: EvidenceFact[];
  /** The version that serves as champion of the model now, if it is another one. */
  champion: { number: number } | null;
};

type Outcome = Pick<CheckView, "status" | "finding"> & { remedy?: string; from?: string; evidenceId?: string };

const figure = (value: number): string => (Math.round(value * 10_000) / 10_000).toString();

const checkInspection = (check: Extract<PolicyCheck, { key: "inspection" }>, { inspection }: CheckFacts): Outcome => {
  if (!inspection || inspection.status !== "done") return { status: "MISSING", finding: "The inspection has not finished.", remedy: "It runs by itself; look again in a few seconds." };
  const from = inspection.inspector;
  if (inspection.verdict === "clean") {
    const [code = [], cautions = []] = [inspection.code, inspection.cautions];
    if (code.length > 0 && check.allowCodeExecution !== true) return { status: "FAIL", finding: `Loading it runs code. ${code.join(" ")}`, remedy: "Register an ONNX or skops export, or have a maintainer allow such models in the policy (Settings, Policies).", from };
    const known = [...(code.length > 0 ? ["Loading it runs code, which this policy allows."] : []), ...code, ...cautions];
    return { status: "PASS", finding: known.length > 0 ? `Well-formed. ${known.join(" ")}` : "Nothing found that could harm.", from };
  }
  const why = inspection.problems.join(" ") || "The files could not be verified.";
  return { status: "FAIL", finding: why, remedy: "Register a version whose files pass the inspection.", from };
};

const checkEvaluation = (check: Extract<PolicyCheck, { key: "evaluation" }>, { evidence, champion }: CheckFacts): Outcome => {
  const found = evidence.find((item) => item.kind === "evaluation");
  if (!found) return { status: "MISSING", finding: "No evaluation document is attached.", remedy: "Attach one on the version's page or post it to its evidence." };
  const document = EvaluationDocument.parse(found.document);
  const base = { from: `${document.producer.name}, ${found.createdBy}`, evidenceId: found.id };
  const metric = document.metrics.find((candidate) => candidate.name === check.metric);
  if (!metric) return { ...base, status: "FAIL", finding: `The document does not measure ${check.metric}.`, remedy: `Measure ${check.metric} on held-out rows and attach the document again.` };
  const interval = metric.lower === undefined || metric.upper === undefined ? "" : ` (${figure(metric.lower)} to ${figure(metric.upper)})`;
  const shown = `${check.metric} ${figure(metric.value)}${interval}, n ${metric.n}`;
  if (metric.n < check.minRows) return { ...base, status: "FAIL", finding: `${shown}; ${check.minRows} rows are needed.`, remedy: "Evaluate on more held-out rows." };
  if (!champion) return { ...base, status: "PASS", finding: `${shown}. There is no champion yet to compare with.` };
  const baseline = document.baseline;
  if (!baseline) return { ...base, status: "FAIL", finding: `${shown}, but not compared with the champion v${champion.number}.`, remedy: `Evaluate v${champion.number} on the same rows and attach the comparison.` };
  if (baseline.version !== champion.number) return { ...base, status: "FAIL", finding: `Compared with ${baseline.version === undefined ? "an unnamed version" : `v${baseline.version}`}, but the champion is v${champion.number}.`, remedy: `Compare with v${champion.number}.` };
  const { difference } = baseline;
  if (difference.name !== check.metric) return { ...base, status: "FAIL", finding: `The comparison is about ${difference.name}, the policy asks for ${check.metric}.`, remedy: `Compare ${check.metric}.` };
  if (difference.lower === undefined) return { ...base, status: "FAIL", finding: "The comparison carries no interval.", remedy: "State the interval of the difference and its method." };
  const compared = `${difference.value >= 0 ? "+" : "−"}${figure(Math.abs(difference.value))} against v${champion.number} (lower bound ${figure(difference.lower)}), n ${difference.n}`;
  return difference.lower >= -check.maxLoss
    ? { ...base, status: "PASS", finding: compared }
    : { ...base, status: "FAIL", finding: `${compared}; it could be worse by more than ${figure(check.maxLoss)}.`, remedy: "Improve the version, or evaluate on more rows to narrow the interval." };
};

const isFilled = (value: unknown): boolean => (typeof value === "string" ? value.trim().length > 0 : Array.isArray(value) ? value.some(isFilled) : typeof value === "object" && value !== null ? Object.values(value).some(isFilled) : typeof value === "number" || typeof value === "boolean");

const checkModelCard = (check: Extract<PolicyCheck, { key: "model_card" }>, { evidence }: CheckFacts): Outcome => {
  const found = evidence.find((item) => item.kind === "model_card");
  if (!found) return { status: "MISSING", finding: "No model card is attached.", remedy: "Attach one on the version's page or post it to its evidence." };
  const document = found.document as Record<string, unknown>;
  const missing = check.sections.filter((section) => !isFilled(document[section]));
  const base = { from: found.createdBy, evidenceId: found.id };
  return missing.length === 0
    ? { ...base, status: "PASS", finding: `${check.sections.length} of ${check.sections.length} sections filled.` }
    : { ...base, status: "FAIL", finding: `${check.sections.length - missing.length} of ${check.sections.length} sections filled; missing: ${missing.join(", ")}.`, remedy: "Fill the missing sections and attach the card again." };
};

const requirementOf = (check: PolicyCheck): string => {
  switch (check.key) {
    case "inspection":
      return check.allowCodeExecution === true ? "no malformed content; loading may run code" : "no executable or malformed content";
    case "evaluation":
      return `${check.metric} on at least ${check.minRows} held-out rows, at most ${figure(check.maxLoss)} below the champion`;
    case "model_card":
      return check.sections.length === 0 ? "a model card" : `sections ${check.sections.join(", ")}`;
  }
};

/** Judges every check of a policy from the facts; what is absent is missing, never passed. */
export const evaluateChecks = (checks: readonly PolicyCheck[], facts: CheckFacts): CheckView[] =>
  checks.map((check) => {
    const outcome = check.key === "inspection" ? checkInspection(check, facts) : check.key === "evaluation" ? checkEvaluation(check, facts) : checkModelCard(check, facts);
    return {
      key: check.key,
      title: check.title,
      requirement: requirementOf(check),
      status: outcome.status,
      finding: outcome.finding,
      remedy: outcome.status === "PASS" ? null : (outcome.remedy ?? null),
      isRequired: check.required,
      from: outcome.from ?? null,
      evidenceId: outcome.evidenceId ?? null,
    };
  });

/** The required checks that don't pass, as one sentence, or null. */
export const blockersOf = (checks: readonly CheckView[]): string | null => {
  const failed = checks.filter((check) => check.isRequired && check.status !== "PASS");
  return failed.length === 0 ? null : failed.map((check) => `${check.title}: ${check.finding}`).join(" ");
};
