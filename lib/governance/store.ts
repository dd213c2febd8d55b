import { type Prisma, type Tx } from "@/lib/platform/db";

export const requestInclude = {
  version: { include: { model: { select: { id: true, name: true } } } },
  environment: true,
  policy: true,
  reviews: { orderBy: { decidedAt: "asc" } },
} satisfies Prisma.PromotionRequestInclude;
export type RequestRow = Prisma.PromotionRequestGetPayload<{ include: typeof requestInclude }>;
export type PolicyRow = Prisma.PolicyGetPayload<object>;
export type EvidenceRow = Prisma.EvidenceGetPayload<object>;

export const findCurrentPolicy = (tx: Tx, environmentId: string) => tx.policy.findFirst({ where: { environmentId }, orderBy: { revision: "desc" } });
/** Every environment of a workspace with its newest policy, production first. */
export const listCurrentPolicies = (tx: Tx, workspaceId: string) =>
  tx.environment.findMany({ where: { workspaceId }, include: { policies: { orderBy: { revision: "desc" }, take: 1 } }, orderBy: [{ isProduction: "desc" }, { position: "desc" }] });
export const insertPolicy = (tx: Tx, data: Prisma.PolicyUncheckedCreateInput) => tx.policy.create({ data });

export const findVersionFacts = (tx: Tx, workspaceId: string, versionId: string) =>
  tx.modelVersion.findFirst({
    where: { workspaceId, id: versionId, deletedAt: null },
    include: {
      model: { select: { id: true, name: true } },
      inspections: { orderBy: { id: "desc" }, take: 1 },
      evidence: { where: { supersededAt: null }, orderBy: { createdAt: "desc" } },
    },
  });
export type VersionFacts = NonNullable<Awaited<ReturnType<typeof findVersionFacts>>>;

export const findChampion = async (tx: Tx, workspaceId: string, modelId: string) => {
  const alias = await tx.modelAlias.findUnique({ where: { modelId_alias: { modelId, alias: "champion" } }, include: { version: { select: { id: true, number: true, manifestDigest: true } } } });
  return alias?.workspaceId === workspaceId ? alias.version : null;
};

export const listEvidenceRows = (tx: Tx, workspaceId: string, versionId: string) => tx.evidence.findMany({ where: { workspaceId, versionId }, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
export const findEvidence = (tx: Tx, workspaceId: string, id: string) => tx.evidence.findFirst({ where: { workspaceId, id } });
export const supersedeEvidence = (tx: Tx, versionId: string, kind: string, name: string, now: Date) => tx.evidence.updateMany({ where: { versionId, kind, name, supersededAt: null }, data: { supersededAt: now } });
export const insertEvidence = (tx: Tx, data: Prisma.EvidenceUncheckedCreateInput) => tx.evidence.create({ data });

/** Locks a version's row, so that evidence, requests and reviews of it happen one after another. */
export const lockVersion = (tx: Tx, versionId: string) => tx.$queryRaw`SELECT 1 FROM model_version WHERE id = ${versionId}::uuid FOR UPDATE`;

/** Makes moves of a model's aliases and stages happen one after another, without standing in the way of those who only refer to it. */
export const lockModel = (tx: Tx, modelId: string) => tx.$queryRaw`SELECT 1 FROM registered_model WHERE id = ${modelId}::uuid FOR NO KEY UPDATE`;

export const insertRequest = (tx: Tx, data: Prisma.PromotionRequestUncheckedCreateInput) => tx.promotionRequest.create({ data, include: requestInclude });
export const findRequestById = (tx: Tx, workspaceId: string, id: string) => tx.promotionRequest.findFirst({ where: { workspaceId, id }, include: requestInclude });
export const findRequestByNumber = (tx: Tx, workspaceId: string, number: number) => tx.promotionRequest.findFirst({ where: { workspaceId, number }, include: requestInclude });
export const findLiveRequests = (tx: Tx, versionId: string, environmentId?: string) => tx.promotionRequest.findMany({ where: { versionId, status: { in: ["OPEN", "APPROVED"] }, ...(environmentId ? { environmentId } : {}) }, include: requestInclude });
/** The newest hundred requests of a version. */
export const listRequestsOfVersion = (tx: Tx, workspaceId: string, versionId: string) => tx.promotionRequest.findMany({ where: { workspaceId, versionId }, include: requestInclude, orderBy: [{ requestedAt: "desc" }, { id: "desc" }], take: 100 });
export const findReleaseRequests = (tx: Tx, versionId: string, environmentId: string) =>
  tx.promotionRequest.findMany({ where: { versionId, environmentId, status: { in: ["APPROVED", "EXECUTED"] } }, orderBy: { decidedAt: "desc" } });
/** Writes a request's change if nobody wrote it in between; false otherwise. */
export const updateRequest = async (tx: Tx, row: { id: string; lockVersion: number }, data: Prisma.PromotionRequestUncheckedUpdateInput): Promise<boolean> =>
  (await tx.promotionRequest.updateMany({ where: { id: row.id, lockVersion: row.lockVersion }, data: { ...data, lockVersion: { increment: 1 } } })).count === 1;
export const insertReview = (tx: Tx, data: Prisma.ReviewUncheckedCreateInput) => tx.review.create({ data });
export const listExpiredRequests = (tx: Tx, now: Date) =>
  tx.promotionRequest.findMany({ where: { OR: [{ status: "OPEN", expiresAt: { lte: now } }, { status: "APPROVED", validUntil: { lte: now } }] }, include: requestInclude, take: 200 });

export type RequestFilter = { status?: string | undefined; environment?: string | undefined; model?: string | undefined; requestedBy?: string | undefined; undecidedBy?: string | undefined; after?: { requestedAt: Date; id: string } | undefined; limit: number };
export const listRequestRows = (tx: Tx, workspaceId: string, filter: RequestFilter) =>
  tx.promotionRequest.findMany({
    where: {
      workspaceId,
      ...(filter.status ? { status: filter.status } : {}),
      ...(filter.environment ? { environment: { name: filter.environment } } : {}),
      ...(filter.model ? { version: { model: { name: filter.model } } } : {}),
      ...(filter.requestedBy ? { requestedBy: filter.requestedBy } : {}),
      ...(filter.undecidedBy ? { NOT: { requestedBy: filter.undecidedBy }, reviews: { none: { reviewerId: filter.undecidedBy } } } : {}),
      ...(filter.after ? { OR: [{ requestedAt: { lt: filter.after.requestedAt } }, { requestedAt: filter.after.requestedAt, id: { lt: filter.after.id } }] } : {}),
    },
    include: requestInclude,
    orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
    take: filter.limit + 1,
  });
export const countOpenRequests = (tx: Tx, workspaceId: string) => tx.promotionRequest.count({ where: { workspaceId, status: "OPEN" } });

export const listPeople = (tx: Tx, workspaceId: string) => tx.membership.findMany({ where: { workspaceId, user: { disabledAt: null } }, include: { user: { select: { id: true, name: true } } }, orderBy: { createdAt: "asc" } });
export const findPeople = (tx: Tx, ids: string[]) => tx.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
export const listEndpointsOfModel = (tx: Tx, environmentId: string, modelId: string) => tx.endpoint.findMany({ where: { environmentId, modelId, deletedAt: null }, select: { name: true, stableVersionId: true }, orderBy: { name: "asc" } });
export const findVersionNumber = (tx: Tx, workspaceId: string, id: string) => tx.modelVersion.findFirst({ where: { workspaceId, id }, select: { number: true, manifestDigest: true } });
