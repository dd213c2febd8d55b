import { PolicyDocument, type PolicyView, protectableStages } from "@/lib/governance";
import { listOf, problemsByPath } from "./present";

type Policy = ReturnType<typeof PolicyDocument.parse>;
export type PolicyCheck = Policy["checks"][number];

/** A check as it is typed; fields of other kinds stay empty. */
export type CheckDraft = { id: string; key: PolicyCheck["key"]; title: string; required: boolean; allowCodeExecution: boolean; metric: string; minRows: string; maxLoss: string; sections: string };
export type PolicyDraft = { checks: CheckDraft[]; minimum: string; groups: string; excludeRequester: boolean; excludeContributors: boolean; requestExpiresDays: string; approvalValidDays: string; aliases: string; stages: readonly string[] };

const titles: Record<PolicyCheck["key"], string> = { inspection: "Inspection is clean", evaluation: "Evaluation against the champion", model_card: "Model card" };
export const checkKinds: { value: PolicyCheck["key"]; label: string }[] = [{ value: "inspection", label: "Inspection" }, { value: "evaluation", label: "Evaluation" }, { value: "model_card", label: "Model card" }];

export const newCheck = (key: PolicyCheck["key"]): CheckDraft => ({ id: crypto.randomUUID(), key, title: titles[key], required: true, allowCodeExecution: false, metric: "accuracy", minRows: "300", maxLoss: "0.02", sections: "details, intendedUse, trainingData, limitations, owners" });

export const stageNames: readonly string[] = protectableStages;

export const toDraft = ({ document: { checks, approvals, requestExpiresDays, approvalValidDays }, protects }: Pick<PolicyView, "document" | "protects">): PolicyDraft => ({
  aliases: protects.aliases.join(", "),
  stages: protects.stages,
  checks: checks.map((check, index) => ({
    ...newCheckOf(check),
    id: String(index),
  })),
  minimum: String(approvals.minimum),
  groups: approvals.groups.join(", "),
  excludeRequester: approvals.excludeRequester,
  excludeContributors: approvals.excludeContributors,
  requestExpiresDays: String(requestExpiresDays),
  approvalValidDays: String(approvalValidDays),
});

const newCheckOf = (check: PolicyCheck): Omit<CheckDraft, "id"> => ({
  key: check.key,
  title: check.title,
  required: check.required,
  allowCodeExecution: check.key === "inspection" && check.allowCodeExecution === true,
  metric: check.key === "evaluation" ? check.metric : "",
  minRows: check.key === "evaluation" ? String(check.minRows) : "",
  maxLoss: check.key === "evaluation" ? String(check.maxLoss) : "",
  sections: check.key === "model_card" ? check.sections.join(", ") : "",
});

/** A number, or the text itself where it is none, so that the schema names the field. */
const figure = (text: string): number | string => (text.trim() === "" || Number.isNaN(Number(text.replace(",", "."))) ? text : Number(text.replace(",", ".")));

const fromCheck = ({ key, title, required, allowCodeExecution, metric, minRows, maxLoss, sections }: CheckDraft): Record<string, unknown> => {
  const base = { key, title: title.trim(), required };
  if (key === "inspection") return { ...base, allowCodeExecution };
  if (key === "evaluation") return { ...base, metric: metric.trim(), minRows: figure(minRows), maxLoss: figure(maxLoss) };
  return key === "model_card" ? { ...base, sections: listOf(sections) } : base;
};

export type ParsedPolicy = { document: Policy; problems?: never } | { document?: never; problems: Record<string, string> };

/** The typed policy as a document, or its problems by path ("checks.1.minRows"). */
export const fromDraft = (draft: PolicyDraft): ParsedPolicy => {
  const parsed = PolicyDocument.safeParse({
    checks: draft.checks.map(fromCheck),
    approvals: { minimum: figure(draft.minimum), groups: listOf(draft.groups), excludeRequester: draft.excludeRequester, excludeContributors: draft.excludeContributors },
    requestExpiresDays: figure(draft.requestExpiresDays),
    approvalValidDays: figure(draft.approvalValidDays),
    protects: { aliases: listOf(draft.aliases).map((alias) => alias.replace(/^@/, "")), stages: draft.stages },
  });
  return parsed.success ? { document: parsed.data } : { problems: problemsByPath(parsed.error.issues) };
};
