import type { PolicyDocument, RequestStatus } from "./schema";

export type Reviewer = { userId: string; roles: readonly string[]; groups: readonly string[] };
export type ReviewFact = { reviewerId: string; decision: string; groups: readonly string[] };

export type RequestFacts = {
  status: RequestStatus;
  requestedBy: string;
  contributorIds: readonly string[];
  policy: PolicyDocument;
  reviews: readonly ReviewFact[];
};

/** Why a person may not decide a request, or null. Tokens never get here: the right to decide belongs to people alone. */
export const whyNotDecide = (request: RequestFacts, person: Reviewer): string | null => {
  const { policy } = request;
  if (request.status !== "OPEN") return "The request is not open.";
  if (!person.roles.includes("approver")) return "Has no approver role in this workspace.";
  if (policy.approvals.excludeRequester && person.userId === request.requestedBy) return "Requested this, so somebody else decides.";
  if (policy.approvals.excludeContributors && request.contributorIds.includes(person.userId)) return "Made the version or its evidence, so somebody else decides.";
  if (policy.approvals.groups.length > 0 && !policy.approvals.groups.some((group) => person.groups.includes(group))) return `Belongs to none of the groups ${policy.approvals.groups.join(", ")}.`;
  if (request.reviews.some((review) => review.reviewerId === person.userId)) return "Has decided already.";
  return null;
};

/** What a request is after its reviews: one rejection rejects; enough approvals, one of each group, approve. */
export const statusAfter = (policy: PolicyDocument, reviews: readonly ReviewFact[]): "OPEN" | "APPROVED" | "REJECTED" => {
  if (reviews.some((review) => review.decision === "reject")) return "REJECTED";
  const approvals = reviews.filter((review) => review.decision === "approve");
  const coversGroups = policy.approvals.groups.every((group) => approvals.some((review) => review.groups.includes(group)));
  return approvals.length >= Math.max(1, policy.approvals.minimum) && coversGroups ? "APPROVED" : "OPEN";
};
