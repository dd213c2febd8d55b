import { messageOf } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";

import { ensureReady, openAdapter, requireServable, type RuntimeRef } from "./runtimes";
import { deleteRuntimeModel, findRuntimeModel, listNeededVersions, listRuntimesWithModels, upsertRuntimeModel } from "./store";

/** Seconds after which a loaded version's readiness is asked again. */
const probeEverySeconds = 5;

/**
 * Brings every runtime to what its endpoints need: loads and probes what is routed, released or warm, unloads the rest.
 * It reads what is needed anew at each run, so a lost or doubled run changes nothing.
 */
export const reconcileRuntimes = async (deps: Deps): Promise<void> => {
  const { runtimes, models } = await listRuntimesWithModels(deps.db);
  for (const runtime of runtimes) {
    const held = models.filter((model) => model.runtimeId === runtime.id);
    await reconcileRuntime(deps, runtime, held);
  }
};

type Held = { versionId: string; isWanted: boolean; state: string; probedAt: Date | null };

const reconcileRuntime = async (deps: Deps, runtime: RuntimeRef, held: Held[]): Promise<void> => {
  const now = await deps.clock.now(deps.db);
  const needed = await listNeededVersions(deps.db, runtime.id, now);
  const isDue = (versionId: string) => {
    const known = held.find((model) => model.versionId === versionId);
    return !known?.probedAt || known.state !== "READY" || now.getTime() - known.probedAt.getTime() > probeEverySeconds * 1000;
  };
  for (const { versionId, workspaceId } of needed.filter((need) => isDue(need.versionId))) {
    try {
      await ensureReady(deps, runtime, await requireServable(deps, workspaceId, versionId));
    } catch (error) {
      deps.log.warn({ runtimeId: runtime.id, versionId, error: messageOf(error) }, "a version could not be made ready");
    }
  }
  for (const { versionId } of held.filter((model) => !needed.some((need) => need.versionId === model.versionId))) await unload(deps, runtime, versionId);
};

/** Unloads a version that nothing needs; a failure is only worth a warning, the next run tries again. */
const unload = async (deps: Deps, runtime: RuntimeRef, versionId: string): Promise<void> => {
  try {
    const now = await deps.clock.now(deps.db);
    if ((await listNeededVersions(deps.db, runtime.id, now)).some((need) => need.versionId === versionId)) return;
    const key = { workspaceId: runtime.workspaceId, runtimeId: runtime.id, versionId };
    if (await findRuntimeModel(deps.db, runtime.id, versionId)) await upsertRuntimeModel(deps.db, key, { isWanted: false, state: "UNLOADING", readyAt: null }, now);
    await openAdapter(deps, runtime).unload(versionId, AbortSignal.timeout(20_000));
    await deleteRuntimeModel(deps.db, runtime.id, versionId);
  } catch (error) {
    deps.log.warn({ runtimeId: runtime.id, versionId, error: messageOf(error) }, "a version could not be unloaded");
  }
};
