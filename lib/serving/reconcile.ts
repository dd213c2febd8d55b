import { messageOf } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";

import { ensureReady, openAdapter, requireServable, type RuntimeRef } from "./runtimes";
import { deleteRuntimeModel, findRuntimeModel, listNeededVersions, listRuntimesWithModels, upsertRuntimeModel } from "./store";
import { forgetRuntimeModel, listServedVersions } from "./store-servers";

/** Seconds after which a loaded version's readiness is asked again. */
const probeEverySeconds = 5;
/** The same for the scoring server of a version that no endpoint needs. */
const probeIdleEverySeconds = 15;
/** Scoring servers asked at once: one that is silent must not keep the others waiting. */
const asksAtOnce = 16;

/**
 * Brings every runtime to what its endpoints need: loads and probes what is routed, released or warm, unloads the rest.
 * It reads what is needed anew at each run, so a lost or doubled run changes nothing.
 */
export const reconcileRuntimes = async (deps: Deps): Promise<void> => {
  const { runtimes, models } = await listRuntimesWithModels(deps.db);
  const outside = runtimes.filter(({ kind }) => kind === "mlflow").map((runtime) => reconcileServers(deps, runtime, models.filter((model) => model.runtimeId === runtime.id)));
  for (const runtime of runtimes.filter(({ kind }) => kind !== "mlflow")) {
    const held = models.filter((model) => model.runtimeId === runtime.id);
    await reconcileRuntime(deps, runtime, held);
  }
  await Promise.all(outside);
};

/** Asks the scoring servers of a runtime: those that endpoints need, and those that wait for their first release. Nothing is loaded or unloaded. */
const reconcileServers = async (deps: Deps, runtime: RuntimeRef, held: Held[]): Promise<void> => {
  const now = await deps.clock.now(deps.db);
  const needed = await listNeededVersions(deps.db, runtime.id, now);
  const known = await listServedVersions(deps.db, runtime.id);
  const isNeeded = (versionId: string): boolean => needed.some((need) => need.versionId === versionId);
  const isDue = (versionId: string): boolean => {
    const model = held.find((candidate) => candidate.versionId === versionId);
    if (!model?.probedAt) return true;
    const every = !isNeeded(versionId) ? probeIdleEverySeconds : model.state === "READY" ? probeEverySeconds : 0;
    return now.getTime() - model.probedAt.getTime() > every * 1000;
  };
  const due = [...needed, ...known.filter(({ versionId }) => !isNeeded(versionId))].filter(({ versionId }) => isDue(versionId));
  for (let at = 0; at < due.length; at += asksAtOnce) await Promise.all(due.slice(at, at + asksAtOnce).map((need) => makeReady(deps, runtime, need)));
  const isKnown = (versionId: string): boolean => isNeeded(versionId) || known.some((server) => server.versionId === versionId);
  for (const { versionId } of held) if (!isKnown(versionId)) await forgetRuntimeModel(deps.db, runtime.id, versionId);
};

const makeReady = async (deps: Deps, runtime: RuntimeRef, { versionId, workspaceId }: { versionId: string; workspaceId: string }): Promise<void> => {
  try {
    await ensureReady(deps, runtime, await requireServable(deps, workspaceId, versionId));
  } catch (error) {
    deps.log.warn({ runtimeId: runtime.id, versionId, error: messageOf(error) }, "a version could not be made ready");
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
  for (const need of needed.filter(({ versionId }) => isDue(versionId))) await makeReady(deps, runtime, need);
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
