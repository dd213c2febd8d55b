import { recordChange } from "@/lib/audit/server";
import { listManifestFiles } from "@/lib/artifacts/server";
import { systemContext } from "@/lib/identity/server";
import { type Finding, type InspectionResult } from "@/lib/inspection";
import { type Claim, claimInspection, finishInspection, inspectBundle, postponeInspection } from "@/lib/inspection/server";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { versionTarget } from "./service-read";
import { mergeSignature } from "./signature";
import type { Declared, StoredSignature, VersionStatus } from "./schema";
import { findVersionDocuments, findVersionRowById, settleVersion, type VersionRow } from "./store-versions";
import { findWorkspaceOf } from "./store-live";

/**
 * Inspects the files of one version and settles it: `ready`, `refused` or `unverified`. Safe to run twice and beside itself;
 * a failure gives the claim back for a later attempt and is raised.
 */
export const inspectVersion = async (deps: Deps, inspectionId: string): Promise<void> => {
  const claim = await claimInspection(deps, inspectionId);
  if (!claim) return;
  try {
    const row = await findVersionRowById(deps.db, claim.workspaceId, claim.versionId);
    const files = row?.manifestId ? await listManifestFiles(deps.db, claim.workspaceId, row.manifestId) : [];
    await settle(deps, claim, await inspectBundle(deps.blobs, files, claim));
  } catch (error) {
    await postponeInspection(deps, claim);
    throw error;
  }
};

const settle = async (deps: Deps, claim: Claim, result: InspectionResult): Promise<void> => {
  await transact(deps, async (tx, now) => {
    const row = await findVersionRowById(tx, claim.workspaceId, claim.versionId);
    const declared = row ? (await findVersionDocuments(tx, row.id)).declared : {};
    const { signature, ...outcome } = judge(result, declared);
    if (!(await finishInspection(tx, claim, { ...result, ...outcome }, now)) || !row) return;
    const status = statusOf[outcome.verdict];
    const statusReason = outcome.findings.find(({ severity }) => severity === "refuse" || severity === "quarantine")?.message ?? null;
    await settleVersion(tx, row.id, { status, statusReason, format: result.format, signature }, now);
    await record(tx, deps, now, row, { status, statusReason, format: result.format, findings: outcome.findings });
  });
};

const statusOf: Record<InspectionResult["verdict"], VersionStatus> = { clean: "ready", refused: "refused", unverified: "unverified" };

const judge = (result: InspectionResult, declared: Declared): Pick<InspectionResult, "verdict" | "findings"> & { signature: StoredSignature | null } => {
  if (!result.signature) return { verdict: result.verdict, findings: result.findings, signature: null };
  const { signature, findings } = mergeSignature(result.signature, declared);
  return findings.length === 0 ? { verdict: result.verdict, findings: result.findings, signature } : { verdict: "refused", findings: [...findings, ...result.findings], signature };
};

const record = async (tx: Tx, deps: Deps, now: Date, row: VersionRow, outcome: { status: VersionStatus; statusReason: string | null; format: string; findings: Finding[] }): Promise<void> => {
  const ctx = systemContext(deps, await findWorkspaceOf(tx, row.id), "inspector");
  const findings = outcome.findings.map(({ code, severity, path }) => ({ code, severity, path }));
  await recordChange(tx, ctx, now, {
    action: "version.inspect",
    target: versionTarget(row),
    reason: outcome.statusReason ?? undefined,
    change: { before: { status: row.status }, after: { status: outcome.status, format: outcome.format, manifestDigest: row.manifestDigest, findings: findings.slice(0, 50) } },
  });
};
