import { formatId } from "@/lib/core/ids";
import { actorUserId, type Actor } from "@/lib/platform/context";

import { blockersOf } from "./checks";
import { type RequestFacts, whyNotDecide } from "./decide";
import { policyOf } from "./facts";
import type { CheckView, DossierView, RequestStatus, RequestView } from "./schema";
import type { RequestRow } from "./store";

export const toRequestView = (row: RequestRow, names: ReadonlyMap<string, string>, actor: Actor): RequestView => {
  const policy = policyOf(row.policy);
  return {
    id: formatId("request", row.id),
    number: `APR-${row.number}`,
    model: row.version.model.name,
    version: row.version.number,
    versionId: formatId("version", row.versionId),
    environment: row.environment.name,
    isProduction: row.environment.isProduction,
    status: row.status as RequestStatus,
    comment: row.comment,
    closedReason: row.closedReason,
    requestedBy: names.get(row.requestedBy) ?? "A former member",
    isYours: actorUserId(actor) === row.requestedBy,
    requestedAt: row.requestedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    validUntil: row.validUntil?.toISOString() ?? null,
    manifestDigest: `sha256:${row.manifestDigest}`,
    evidenceDigest: `sha256:${row.evidenceDigest}`,
    policy: { revision: row.policy.revision, approvalsNeeded: policy.approvals.minimum, groups: policy.approvals.groups },
    approvals: row.reviews.filter((review) => review.decision === "approve").length,
  };
};

type Member = { userId: string; name: string; roles: readonly string[]; groups: readonly string[] };

export const toPeople = (row: RequestRow, facts: RequestFacts, members: readonly Member[], actor: Actor): DossierView["people"] =>
  members
    .filter((member) => member.roles.includes("approver") || member.userId === row.requestedBy || row.reviews.some((review) => review.reviewerId === member.userId))
    .map((member) => {
      const review = row.reviews.find((candidate) => candidate.reviewerId === member.userId);
      const refusal = whyNotDecide(facts, member);
      return {
        userId: formatId("user", member.userId),
        name: member.name,
        groups: [...member.groups],
        isYou: actorUserId(actor) === member.userId,
        mayDecide: refusal === null,
        reason: refusal ?? "May decide.",
        decision: (review?.decision as "approve" | "reject" | undefined) ?? null,
        comment: review?.comment ?? null,
        decidedAt: review?.decidedAt.toISOString() ?? null,
      };
    });

/** What the acting person may do with a request, and why not where not. */
export const toYou = (row: RequestRow, facts: RequestFacts, checks: readonly CheckView[], actor: Actor): DossierView["you"] => {
  const mayWithdraw = row.status === "OPEN" && actorUserId(actor) === row.requestedBy;
  const cannot = (reason: string): DossierView["you"] => ({ mayApprove: false, mayReject: false, mayWithdraw, reason });
  if (actor.kind !== "user") return cannot("Only a signed-in person may decide; a token never may.");
  const refusal = whyNotDecide(facts, { userId: actor.id, roles: actor.roles, groups: actor.groups });
  if (refusal) return cannot(actor.id === row.requestedBy && row.status === "OPEN" ? "You requested this, so you cannot approve it." : refusal);
  const blockers = blockersOf(checks);
  return { mayApprove: blockers === null, mayReject: true, mayWithdraw, reason: blockers && `Approve is blocked. ${blockers}` };
};
