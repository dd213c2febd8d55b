import { recordChange } from "@/lib/audit/server";
import { listManifestFiles } from "@/lib/artifacts/server";
import { systemContext } from "@/lib/identity/server";
import { type Finding, type InspectionResult } from "@/lib/inspection";
import { type Claim, claimInspection, finishInspection, inspectBundle, postponeInspection } from "@/lib/inspection/server";
import { type Context, type Deps, transactSql } from "@/lib/platform/context";
import { sqlOn, type SqlTx } from "@/lib/platform/db";

import { versionTarget } from "./service-read";
import { mergeSignature } from "./signature";
import type { Declared, StoredSignature, VersionStatus } from "./schema";
import { findInspected, findVersionRowById, settleVersion, type VersionRow } from "./store-versions";

/**
 * Inspects the files of one version and settles it: `ready`, `refused` or `unverified`. Safe to run twice and beside itself;
 * a failure gives the claim back for a later attempt and is raised.
 */
export const inspectVersion = async (deps: Deps, inspectionId: string): Promise<void> => {
  const claim = await claimInspection(deps, inspectionId);
  if (!claim) return;
  try {
    await inspect(deps, claim);
  } catch (error) {
    await postponeInspection(deps, claim);
    throw error;
  }
};

const inspect = async (deps: Deps, claim: Claim): Promise<void> => {
  const sql = sqlOn(deps.db);
  const [row, known] = await Promise.all([findVersionRowById(sql, claim.workspaceId, claim.versionId), findInspected(sql, claim.versionId)]);
  const files = row?.manifestId ? await listManifestFiles(sql, claim.workspaceId, row.manifestId) : [];
  const result = await inspectBundle(deps.blobs, files, claim);
  const { signature, ...outcome } = judge(result, known?.declared ?? {});
  const statusReason = outcome.findings.find(({ severity }) => severity === "refuse" || severity === "quarantine")?.message ?? null;
  const settled = { status: statusOf[outcome.verdict], statusReason, format: result.format };
  await transactSql(deps, async (tx, now) => {
    if (!(await finishInspection(tx, claim, { ...result, ...outcome }, now)) || !row || !known) return;
    if (await settleVersion(tx, row.id, { ...settled, signature }, now)) await record(tx, systemContext(deps, known.workspace, "inspector"), now, row, { ...settled, findings: outcome.findings });
  });
};

const statusOf: Record<InspectionResult["verdict"], VersionStatus> = { clean: "ready", refused: "refused", unverified: "unverified" };

const judge = (result: InspectionResult, declared: Declared): Pick<InspectionResult, "verdict" | "findings"> & { signature: StoredSignature | null } => {
  if (!result.signature) return { verdict: result.verdict, findings: result.findings, signature: null };
  const { signature, findings } = mergeSignature(result.signature, declared);
  return findings.length === 0 ? { verdict: result.verdict, findings: result.findings, signature } : { verdict: "refused", findings: [...findings, ...result.findings], signature };
};

const record = async (tx: SqlTx, ctx: Context, now: Date, row: VersionRow, outcome: { status: VersionStatus; statusReason: string | null; format: string; findings: Finding[] }): Promise<void> => {
  const findings = outcome.findings.map(({ code, severity, path }) => ({ code, severity, path }));
  await recordChange(tx, ctx, now, {
    action: "version.inspect",
    target: versionTarget(row),
    reason: outcome.statusReason ?? undefined,
    change: { before: { status: row.status }, after: { status: outcome.status, format: outcome.format, manifestDigest: row.manifestDigest, findings: findings.slice(0, 50) } },
  });
};
