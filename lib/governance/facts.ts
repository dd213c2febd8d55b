import { canonicalText } from "@/lib/audit/server";
import { sha256Hex } from "@/lib/platform/keys";
import { isObject } from "@/lib/core/json";
import type { Tx } from "@/lib/platform/db";

import { type CheckFacts, evaluateChecks } from "./checks";
import { type CheckView, PolicyDocument } from "./schema";
import { findChampion, findVersionFacts, type PolicyRow, type VersionFacts } from "./store";

type Kept = { severity?: unknown; code?: unknown; message?: unknown; path?: unknown };

/** What the inspection found, in words; a caution names the file that it is about. */
const messagesOf = (findings: unknown, isWanted: (severity: unknown, code: unknown) => boolean): string[] =>
  (Array.isArray(findings) ? findings : [])
    .filter((finding): finding is Kept => isObject(finding) && isWanted(finding["severity"], finding["code"]))
    .map(({ severity, path, message }) => `${severity === "caution" && typeof path === "string" && path !== "" ? `${path}: ` : ""}${String(message)}`)
    .slice(0, 5);
const isProblem = (severity: unknown): boolean => severity === "refuse" || severity === "quarantine";
const isCode = (severity: unknown, code: unknown): boolean => severity === "caution" && code === "mlflow.runs_code";

export const toCheckFacts = (version: VersionFacts, champion: { id: string; number: number } | null): CheckFacts => {
  const inspection = version.inspections[0];
  return {
    versionNumber: version.number,
    inspection: inspection ? { verdict: inspection.verdict, status: inspection.status, inspector: `${inspection.inspector} ${inspection.inspectorVersion}`, problems: messagesOf(inspection.findings, isProblem), code: messagesOf(inspection.findings, isCode), cautions: messagesOf(inspection.findings, (severity, code) => severity === "caution" && !isCode(severity, code)) } : null,
    evidence: version.evidence,
    champion: champion && champion.id !== version.id ? { number: champion.number } : null,
  };
};

/** Digest of everything that an approval rests on beside the artifact and the policy: current evidence and the inspection's result. */
export const evidenceDigestOf = (version: VersionFacts): string => {
  const inspection = version.inspections[0];
  return sha256Hex(
    canonicalText({
      evidence: version.evidence.map(({ kind, name, digest }) => ({ kind, name, digest })).sort((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`, "en")),
      inspection: inspection ? { inspector: inspection.inspector, version: inspection.inspectorVersion, verdict: inspection.verdict } : null,
    }),
  );
};

export type VersionState = { version: VersionFacts; evidenceDigest: string; champion: { id: string; number: number; manifestDigest: string | null } | null };

/** Reads a version with what its approvals rest on; null when the workspace has no such version. */
export const readVersionState = async (tx: Tx, workspaceId: string, versionId: string): Promise<VersionState | null> => {
  const version = await findVersionFacts(tx, workspaceId, versionId);
  return version ? { version, evidenceDigest: evidenceDigestOf(version), champion: await findChampion(tx, workspaceId, version.modelId) } : null;
};

export const policyOf = (row: Pick<PolicyRow, "document">): PolicyDocument => PolicyDocument.parse(row.document);

export const checksOf = (state: VersionState, policy: PolicyDocument): CheckView[] => evaluateChecks(policy.checks, toCheckFacts(state.version, state.champion));
