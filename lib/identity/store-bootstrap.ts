import { newId } from "@/lib/core/ids";
import { type Tx } from "@/lib/platform/db";

import type { SeedEnvironment } from "./seed";

/** Lets one bootstrap at a time run, in whichever process; released when the transaction ends. */
export const lockBootstrap = async (tx: Tx): Promise<void> => {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('slipway.bootstrap'))::text`;
};

export const findWorkspaceByName = (tx: Tx, name: string): Promise<{ id: string; name: string } | null> => tx.workspace.findFirst({ where: { name }, select: { id: true, name: true } });

export const countAdmins = (tx: Tx): Promise<number> => tx.user.count({ where: { isAdmin: true } });

/** The administrator of an address, or the oldest one. */
export const findAdmin = (tx: Tx, email?: string) => tx.user.findFirst({ where: { isAdmin: true, ...(email ? { email } : {}) }, orderBy: { createdAt: "asc" } });

/** Makes a workspace with its environments, their first policies, the bundled runtime, and the one of MLflow's scoring servers. */
export const insertSeededWorkspace = async (
  tx: Tx,
  { name, title, description = null, environments, runtimeUrl, now }: { name: string; title: string; description?: string | null; environments: readonly SeedEnvironment[]; runtimeUrl: string; now: Date },
): Promise<{ id: string; name: string }> => {
  const workspaceId = newId(now.getTime());
  await tx.workspace.create({ data: { id: workspaceId, name, title, description, createdAt: now } });
  await tx.environment.createMany({ data: environments.map(({ id, name: environment, position, isProduction }) => ({ id, workspaceId, name: environment, position, isProduction, createdAt: now })) });
  await tx.policy.createMany({ data: environments.map(({ id, policy }) => ({ ...policy, workspaceId, environmentId: id, revision: 1, createdAt: now })) });
  await tx.runtime.create({ data: { id: newId(), workspaceId, name: "onnx", kind: "onnx", url: runtimeUrl, createdAt: now } });
  await tx.runtime.create({ data: { id: newId(), workspaceId, name: "mlflow", kind: "mlflow", url: "", createdAt: now } });
  return { id: workspaceId, name };
};

/** Keeps the address of the bundled runtime what the settings say. */
export const pointBundledRuntime = async (tx: Tx, url: string): Promise<void> => {
  await tx.runtime.updateMany({ where: { name: "onnx", kind: "onnx", url: { not: url } }, data: { url } });
};
