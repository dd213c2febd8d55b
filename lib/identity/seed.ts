import { canonicalText } from "@/lib/audit/server";
import { newId } from "@/lib/core/ids";
import { sha256Hex } from "@/lib/platform/keys";

/** Most models that MLflow logs are pickles. They may pass, with the caution before whoever approves; a policy can forbid them. */
const inspection = { key: "inspection", title: "Inspection is clean", required: true, allowCodeExecution: true };
const expiry = { requestExpiresDays: 14, approvalValidDays: 30 };

/** Policies of a new workspace: production asks for evidence and a second person, the others for a clean inspection. */
const open = { checks: [inspection], approvals: { minimum: 0, groups: [], excludeRequester: true, excludeContributors: false }, ...expiry };
const guarded = {
  checks: [
    inspection,
    { key: "evaluation", title: "Evaluation against the champion", required: true, metric: "accuracy", minRows: 300, maxLoss: 0.02 },
    { key: "model_card", title: "Model card", required: true, sections: ["details", "intendedUse", "trainingData", "limitations", "owners"] },
  ],
  approvals: { minimum: 1, groups: [], excludeRequester: true, excludeContributors: false },
  ...expiry,
};

export type SeedEnvironment = { id: string; name: string; position: number; isProduction: boolean; policy: { id: string; document: typeof open | typeof guarded; digest: string } };

/** The environments of a new workspace, each with revision 1 of its policy. */
export const seedEnvironments = (): SeedEnvironment[] =>
  ["development", "staging", "production"].map((name, position) => {
    const document = name === "production" ? guarded : open;
    return { id: newId(), name, position, isProduction: name === "production", policy: { id: newId(), document, digest: sha256Hex(canonicalText(document)) } };
  });
