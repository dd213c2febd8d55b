import type { Tx } from "@/lib/platform/db";

const endpointSelect = { id: true, name: true, deletedAt: true, environment: { select: { name: true } }, model: { select: { name: true } } } as const;

/** Finds an endpoint that is not deleted, by id or by name in an environment. */
export const findEndpoint = (tx: Tx, workspaceId: string, by: { id: string } | { name: string; environment: string }) =>
  tx.endpoint.findFirst({
    where: { workspaceId, deletedAt: null, ...("id" in by ? { id: by.id } : { name: by.name, environment: { name: by.environment } }) },
    select: endpointSelect,
  });

/** Finds the endpoint of a call, deleted or not. */
export const findEndpointOfCall = (tx: Tx, workspaceId: string, id: string) => tx.endpoint.findFirst({ where: { workspaceId, id }, select: endpointSelect });

/** Numbers of versions by id. */
export const versionNumbers = async (tx: Tx, workspaceId: string, ids: (string | null)[]): Promise<Map<string, number>> => {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const rows = wanted.length === 0 ? [] : await tx.modelVersion.findMany({ where: { workspaceId, id: { in: wanted } }, select: { id: true, number: true } });
  return new Map(rows.map(({ id, number }) => [id, number]));
};

export const findRoute = (tx: Tx, workspaceId: string, endpointId: string, number: number) => tx.routeRevision.findFirst({ where: { workspaceId, endpointId, number } });

/** The newest label of a prediction: by its id, or by the client's own id on the same endpoint. */
export const findLabel = (tx: Tx, workspaceId: string, predictionId: string, endpointId: string, requestId: string | null) =>
  tx.label.findFirst({
    where: { workspaceId, OR: [{ predictionId }, ...(requestId === null ? [] : [{ predictionId: null, endpointId, requestId }])] },
    orderBy: [{ revision: "desc" }, { receivedAt: "desc" }],
  });
