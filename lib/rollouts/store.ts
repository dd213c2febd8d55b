import { type Prisma, type Tx } from "@/lib/platform/db";

export type RolloutRow = Prisma.RolloutGetPayload<object>;
export type StepRow = Prisma.RolloutStepGetPayload<object>;

export const insertRollout = (tx: Tx, data: Prisma.RolloutUncheckedCreateInput) => tx.rollout.create({ data });
export const findRollout = (tx: Tx, workspaceId: string, id: string) => tx.rollout.findFirst({ where: { workspaceId, id } });
export const findActiveRollout = (tx: Tx, endpointId: string) => tx.rollout.findFirst({ where: { endpointId, endedAt: null } });

/** Locks a rollout's row until the transaction ends. */
export const lockRollout = async (tx: Tx, id: string): Promise<RolloutRow | null> => {
  await tx.$queryRaw`SELECT 1 FROM rollout WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.rollout.findUnique({ where: { id } });
};

/**
 * Takes the lease of a due rollout and raises its epoch, which fences whoever held it before; null when it isn't due,
 * has ended, or another worker holds it.
 */
export const claimRollout = async (tx: Tx, id: string, owner: string, now: Date, leaseSeconds: number): Promise<RolloutRow | null> => {
  const claimed = await tx.rollout.updateManyAndReturn({
    where: { id, endedAt: null, nextTickAt: { lte: now }, OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lte: now } }] },
    data: { leaseOwner: owner, leaseEpoch: { increment: 1 }, leaseExpiresAt: new Date(now.getTime() + leaseSeconds * 1000) },
  });
  return claimed[0] ?? null;
};

/** Gives the lease back with the time of the next look, if it is still ours. */
export const releaseRollout = (tx: Tx, id: string, epoch: bigint, nextTickAt: Date) =>
  tx.rollout.updateMany({ where: { id, leaseEpoch: epoch }, data: { leaseOwner: null, leaseExpiresAt: null, nextTickAt } });

export const updateRollout = (tx: Tx, id: string, data: Prisma.RolloutUncheckedUpdateInput) => tx.rollout.update({ where: { id }, data });

export const listDueRollouts = (tx: Tx, now: Date, limit: number) =>
  tx.rollout.findMany({ where: { endedAt: null, nextTickAt: { lte: now }, OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lte: now } }] }, select: { id: true, seq: true, leaseEpoch: true }, orderBy: { nextTickAt: "asc" }, take: limit });

export type RolloutFilter = { endpointId?: string | undefined; environment?: string | undefined; state?: "active" | "ended" | undefined; after?: { createdAt: Date; id: string } | undefined; limit: number };
export const listRolloutRows = (tx: Tx, workspaceId: string, filter: RolloutFilter) =>
  tx.rollout.findMany({
    where: {
      workspaceId,
      ...(filter.endpointId ? { endpointId: filter.endpointId } : {}),
      ...(filter.environment ? { endpoint: { environment: { name: filter.environment } } } : {}),
      ...(filter.state ? { endedAt: filter.state === "active" ? null : { not: null } } : {}),
      ...(filter.after ? { OR: [{ createdAt: { lt: filter.after.createdAt } }, { createdAt: filter.after.createdAt, id: { lt: filter.after.id } }] } : {}),
    },
    include: { endpoint: { include: { environment: true, model: { select: { name: true } } } } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: filter.limit + 1,
  });
export const countActiveRollouts = (tx: Tx, workspaceId: string) => tx.rollout.count({ where: { workspaceId, endedAt: null } });

export const listStepRows = (tx: Tx, rolloutId: string, attempt: number) => tx.rolloutStep.findMany({ where: { rolloutId, attempt }, orderBy: { index: "asc" } });
export const insertSteps = (tx: Tx, data: Prisma.RolloutStepCreateManyInput[]) => tx.rolloutStep.createMany({ data });
export const updateStep = (tx: Tx, key: { rolloutId: string; attempt: number; index: number }, data: Prisma.RolloutStepUncheckedUpdateInput) => tx.rolloutStep.updateMany({ where: key, data });

export const insertVerdict = (tx: Tx, data: Prisma.RolloutVerdictUncheckedCreateInput) => tx.rolloutVerdict.create({ data });
export const findLatestVerdict = (tx: Tx, rolloutId: string) => tx.rolloutVerdict.findFirst({ where: { rolloutId }, orderBy: { at: "desc" } });
/** The last look at a step of the plan, before promotion. */
export const findLastStepVerdict = (tx: Tx, rolloutId: string, steps: number) => tx.rolloutVerdict.findFirst({ where: { rolloutId, stepIndex: { lt: steps } }, orderBy: { at: "desc" } });
/** At most `limit` looks of a rollout, evenly thinned over its life, oldest first. */
export const listVerdictRows = (tx: Tx, rolloutId: string, limit: number) =>
  tx.$queryRaw<{ at: Date; stepIndex: number; attempt: number; document: Prisma.JsonValue }[]>`
    SELECT at, step_index AS "stepIndex", attempt, document FROM (
      SELECT *, row_number() OVER (ORDER BY at) AS position, count(*) OVER () AS total FROM rollout_verdict WHERE rollout_id = ${rolloutId}::uuid
    ) looks WHERE total <= ${limit} OR position = total OR position % (total / ${limit} + 1) = 1 ORDER BY at`;

/** Routes that the steps of a rollout published, with their weights, oldest first. */
export const listRoutesOfRollout = (tx: Tx, rolloutId: string) => tx.routeRevision.findMany({ where: { rolloutId }, orderBy: { number: "asc" } });

export const findWorkspace = (tx: Tx, id: string) => tx.workspace.findUnique({ where: { id }, select: { id: true, name: true } });
export const findEndpointOfRollout = (tx: Tx, row: RolloutRow) => tx.endpoint.findUnique({ where: { id: row.endpointId }, include: { environment: true, runtime: true, model: { select: { id: true, name: true } } } });

/** The newest route that each rollout published. */
export const listCurrentWeights = async (tx: Tx, rolloutIds: string[]) => {
  const routes = rolloutIds.length === 0 ? [] : await tx.routeRevision.findMany({ where: { rolloutId: { in: rolloutIds } }, orderBy: { number: "asc" }, select: { rolloutId: true, candidateWeightBp: true, mirrorBp: true } });
  return new Map(routes.map((route) => [route.rolloutId ?? "", route]));
};
