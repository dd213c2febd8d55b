import { type Prisma, type Tx } from "@/lib/platform/db";

export type IncidentRow = Prisma.IncidentGetPayload<object>;
export type IncidentEventRow = Prisma.IncidentEventGetPayload<object>;

/** Locks the unresolved incidents that match until the transaction ends, in order of their ids. */
export const lockUnresolved = async (tx: Tx, filter: { endpointId: string; versionId: string; kinds: string[] }): Promise<IncidentRow[]> => {
  const ids = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM incident WHERE endpoint_id = ${filter.endpointId}::uuid AND version_id = ${filter.versionId}::uuid AND kind = ANY(${filter.kinds}) AND status <> 'resolved'
    ORDER BY id FOR UPDATE`;
  return ids.length === 0 ? [] : tx.incident.findMany({ where: { id: { in: ids.map(({ id }) => id) } }, orderBy: { id: "asc" } });
};

export const lockIncident = async (tx: Tx, workspaceId: string, id: string): Promise<IncidentRow | null> => {
  await tx.$queryRaw`SELECT 1 FROM incident WHERE workspace_id = ${workspaceId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  return tx.incident.findFirst({ where: { workspaceId, id } });
};

export const findIncident = (tx: Tx, workspaceId: string, id: string) => tx.incident.findFirst({ where: { workspaceId, id } });
export const findIncidentByNumber = (tx: Tx, workspaceId: string, number: number) => tx.incident.findUnique({ where: { workspaceId_number: { workspaceId, number } } });
export const findUnresolved = (tx: Tx, monitorId: string) => tx.incident.findFirst({ where: { monitorId, status: { not: "resolved" } } });
export const findLastResolved = (tx: Tx, monitorId: string) => tx.incident.findFirst({ where: { monitorId, status: "resolved" }, orderBy: { resolvedAt: "desc" } });
export const insertIncident = (tx: Tx, data: Prisma.IncidentUncheckedCreateInput) => tx.incident.create({ data });
export const updateIncident = (tx: Tx, id: string, data: Prisma.IncidentUncheckedUpdateInput) => tx.incident.update({ where: { id }, data: { ...data, lockVersion: { increment: 1 } } });
export const insertIncidentEvent = (tx: Tx, data: Prisma.IncidentEventUncheckedCreateInput) => tx.incidentEvent.create({ data });
export const listIncidentEvents = (tx: Tx, incidentId: string) => tx.incidentEvent.findMany({ where: { incidentId }, orderBy: [{ at: "asc" }, { id: "asc" }], take: 500 });

export type IncidentFilter = { statuses?: string[] | undefined; endpointIds?: string[] | undefined; q?: string | undefined; after?: { openedAt: Date; id: string } | undefined; limit: number };

export const listIncidentRows = (tx: Tx, workspaceId: string, filter: IncidentFilter) =>
  tx.incident.findMany({
    where: {
      workspaceId,
      ...(filter.statuses ? { status: { in: filter.statuses } } : {}),
      ...(filter.endpointIds ? { endpointId: { in: filter.endpointIds } } : {}),
      ...(filter.q ? { title: { contains: filter.q, mode: "insensitive" as const } } : {}),
      ...(filter.after ? { OR: [{ openedAt: { lt: filter.after.openedAt } }, { openedAt: filter.after.openedAt, id: { lt: filter.after.id } }] } : {}),
    },
    orderBy: [{ openedAt: "desc" }, { id: "desc" }],
    take: filter.limit + 1,
  });

export const listUnresolvedOf = (tx: Tx, workspaceId: string, endpointIds: string[]) =>
  tx.incident.findMany({ where: { workspaceId, endpointId: { in: endpointIds }, status: { not: "resolved" } }, orderBy: { openedAt: "desc" } });
export const countUnresolved = (tx: Tx, workspaceId: string) => tx.incident.count({ where: { workspaceId, status: { not: "resolved" } } });
