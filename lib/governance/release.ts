import { formatId } from "@/lib/core/ids";
import { recordChange } from "@/lib/audit/server";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { blockersOf } from "./checks";
import { checksOf, policyOf, readVersionState } from "./facts";
import { findCurrentPolicy, findReleaseRequests, findRequestById, updateRequest } from "./store";

export type Release = { ok: true; requestId: string | null } | { ok: false; code: string; reason: string };

const no = (code: string, reason: string): Release => ({ ok: false, code, reason });

/**
 * May this version receive the environment's traffic, mirrored or served? Asked anew at every change of a route: the
 * approval counts only while artifact, evidence and policy are those that were approved.
 */
export const isReleasable = async (tx: Tx, { workspaceId, versionId, environmentId }: { workspaceId: string; versionId: string; environmentId: string }, now: Date): Promise<Release> => {
  const state = await readVersionState(tx, workspaceId, versionId);
  const policyRow = await findCurrentPolicy(tx, environmentId);
  if (!state) return no("release.no_version", "There is no such version in this workspace.");
  if (!policyRow) return no("release.no_policy", "The environment has no policy, so nothing may be released there.");
  const { version } = state;
  const name = `${version.model.name} v${version.number}`;
  if (version.status !== "ready") return no("release.not_ready", `${name} is ${version.status}${version.statusReason ? `: ${version.statusReason.replace(/\.$/, "")}` : ""}. Only an inspected version can be released.`);
  const policy = policyOf(policyRow);
  if (policy.approvals.minimum === 0) {
    const blockers = blockersOf(checksOf(state, policy));
    return blockers ? no("release.checks_failed", `${name} does not meet the environment's policy. ${blockers}`) : { ok: true, requestId: null };
  }
  const requests = await findReleaseRequests(tx, versionId, environmentId);
  if (requests.length === 0) return no("release.not_approved", `${name} is not approved for this environment. Open a promotion request and have it approved.`);
  const valid = requests.find((request) => request.policyId === policyRow.id && request.manifestDigest === version.manifestDigest && request.evidenceDigest === state.evidenceDigest);
  if (!valid) return no("release.stale", `The approval of ${name} is void: artifact, evidence or policy have changed since. Open a new promotion request.`);
  if (valid.validUntil && valid.validUntil <= now) return no("release.expired", `The approval of ${name} ended on ${valid.validUntil.toISOString().slice(0, 10)}. Open a new promotion request.`);
  return { ok: true, requestId: valid.id };
};

/** Ends an approval that a release has used up (EXECUTED) or disproved (STALE, for example by an automatic roll back). */
export const closeApproval = async (tx: Tx, ctx: Context, { requestId, status, reason }: { requestId: string; status: "EXECUTED" | "STALE"; reason: string }, now: Date): Promise<void> => {
  const request = await findRequestById(tx, ctx.workspace.id, requestId);
  if (!request || (request.status !== "APPROVED" && request.status !== "EXECUTED") || request.status === status) return;
  if (!(await updateRequest(tx, request, { status, closedReason: reason }))) return;
  await recordChange(tx, ctx, now, {
    action: status === "STALE" ? "request.stale" : "request.execute",
    target: { type: "request", id: formatId("request", request.id), name: `APR-${request.number}` },
    because: reason,
    change: { before: { status: request.status }, after: { status } },
  });
};
