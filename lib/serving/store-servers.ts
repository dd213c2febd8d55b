import { type Tx } from "@/lib/platform/db";

export const insertRuntime = (tx: Tx, data: { id: string; workspaceId: string; name: string; kind: string; url: string; createdAt: Date }) => tx.runtime.create({ data });
export const deleteRuntimeRow = (tx: Tx, id: string) => tx.runtime.delete({ where: { id } });
export const countEndpointsOf = (tx: Tx, runtimeId: string): Promise<number> => tx.endpoint.count({ where: { runtimeId } });

export const findModelServer = (tx: Tx, runtimeId: string, versionId: string) => tx.modelServer.findUnique({ where: { runtimeId_versionId: { runtimeId, versionId } } });
export const listServersOfVersion = (tx: Tx, workspaceId: string, versionId: string) => tx.modelServer.findMany({ where: { workspaceId, versionId } });
export const findServerAt = (tx: Tx, workspaceId: string, url: string) =>
  tx.modelServer.findUnique({ where: { workspaceId_url: { workspaceId, url } }, include: { version: { select: { number: true, model: { select: { name: true } } } } } });
/** Versions whose server is registered with a runtime; they are probed whether an endpoint needs them or not. */
export const listServedVersions = (tx: Tx, runtimeId: string): Promise<{ workspaceId: string; versionId: string }[]> =>
  tx.modelServer.findMany({ where: { runtimeId, version: { deletedAt: null } }, select: { workspaceId: true, versionId: true }, orderBy: { versionId: "asc" } });
/** The servers of runtimes with the versions that they hold. */
export const listServersOfRuntimes = (tx: Tx, workspaceId: string, runtimeIds: string[]) =>
  tx.modelServer.findMany({ where: { workspaceId, runtimeId: { in: runtimeIds } }, orderBy: { versionId: "asc" } });

export const upsertModelServer = (tx: Tx, key: { workspaceId: string; runtimeId: string; versionId: string }, { url, createdBy }: { url: string; createdBy: string }, now: Date) =>
  tx.modelServer.upsert({
    where: { runtimeId_versionId: { runtimeId: key.runtimeId, versionId: key.versionId } },
    create: { ...key, url, createdBy, createdAt: now, updatedAt: now },
    update: { url, createdBy, updatedAt: now },
  });
export const deleteModelServer = (tx: Tx, runtimeId: string, versionId: string) => tx.modelServer.deleteMany({ where: { runtimeId, versionId } });
export const forgetRuntimeModel = (tx: Tx, runtimeId: string, versionId: string) => tx.runtimeModel.deleteMany({ where: { runtimeId, versionId } });

/** Tells the gateways to read the routes again: where a server listens is part of them. */
export const notifyGateways = (tx: Tx) => tx.$executeRaw`SELECT pg_notify('slipway_route', 'servers')`;
