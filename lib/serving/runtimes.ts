import { signPull } from "@/lib/artifacts/server";
import { AppError, isAppError } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";
import { type HttpClient, openHttpClient } from "@/lib/platform/http-client";
import { internalSecret } from "@/lib/platform/keys";
import { openRuntimeAddresses, type RuntimeAddresses } from "@/lib/platform/runtime-addresses";
import { loadServable } from "@/lib/registry/server";

import { openMlflowAdapter } from "./adapters/mlflow";
import { openOnnxAdapter } from "./adapters/onnx";
import type { ProbeResult, RuntimeAdapter, ServableSignature, ServableVersion } from "./adapters/types";
import { findRuntimeModel, upsertRuntimeModel } from "./store";
import { findModelServer } from "./store-servers";

export type RuntimeRef = { id: string; workspaceId: string; kind: string; url: string };

type Outside = { own: HttpClient; servers: HttpClient; addresses: RuntimeAddresses };
const outsides = new WeakMap<Deps, Outside>();

/** The bundled runtime is trusted and gets the secret; model servers are what maintainers said, and get nothing. */
const outsideOf = (deps: Deps): Outside => {
  const known = outsides.get(deps);
  if (known) return known;
  const addresses = openRuntimeAddresses(deps.env);
  const open = { own: openHttpClient([deps.env.runtimeUrl]), servers: openHttpClient([], addresses.check), addresses };
  outsides.set(deps, open);
  return open;
};

export const addressesOf = (deps: Deps): RuntimeAddresses => outsideOf(deps).addresses;

/** Opens the adapter of a runtime's kind. */
export const openAdapter = (deps: Deps, runtime: RuntimeRef): RuntimeAdapter => {
  if (runtime.kind === "mlflow") return openMlflowAdapter({ http: outsideOf(deps).servers, addressOf: async (versionId) => (await findModelServer(deps.db, runtime.id, versionId))?.url ?? null });
  if (runtime.kind !== "onnx") throw new AppError("unsupported", "runtime.unknown_kind", `There is no adapter for runtimes of the kind "${runtime.kind}".`);
  return openOnnxAdapter({
    http: outsideOf(deps).own,
    url: runtime.url,
    secret: internalSecret(deps.env.secretKey, "runtime"),
    pull: (version) => ({ url: `${deps.env.internalUrl}/api/internal/blobs/`, token: signPull(deps.env, { workspaceId: runtime.workspaceId, manifestDigest: version.manifestDigest ?? "" }) }),
  });
};

/** The adapter of a scoring server at an address that is not registered yet. */
export const openAdapterAt = (deps: Deps, url: string): RuntimeAdapter => openMlflowAdapter({ http: outsideOf(deps).servers, addressOf: () => Promise.resolve(url) });

/** Loads a version with its frozen files; raises not_found when the workspace has no such version. */
export const requireServable = async (deps: Deps, workspaceId: string, versionId: string): Promise<ServableVersion> => {
  const version = await loadServable(deps.db, workspaceId, versionId);
  if (!version) throw new AppError("not_found", "version.not_found", "There is no such version in this workspace.");
  return { ...version, signature: version.signature as ServableSignature | null };
};

const callTimeoutMs = 20_000;
const unreachable = (error: unknown, isLost: boolean): ProbeResult => {
  if (isAppError(error) && error.kind === "unavailable") return { state: isLost ? "UNAVAILABLE" : "LOADING", reason: error.message };
  throw error;
};

/**
 * Makes sure that a runtime holds a version and answers for it: probe, load if needed, then one made-up request.
 * A runtime that can't be reached counts as still loading: the caller's deadline decides; a scoring server that was ready
 * before counts as lost. Safe to repeat.
 */
export const ensureReady = async (deps: Deps, runtime: RuntimeRef, version: ServableVersion): Promise<ProbeResult> => {
  const adapter = openAdapter(deps, runtime);
  const known = await findRuntimeModel(deps.db, runtime.id, version.id);
  const attempt = async (): Promise<ProbeResult> => {
    const signal = AbortSignal.timeout(callTimeoutMs);
    const probed = await adapter.probe(version.id, signal);
    if (probed.state === "READY" && known?.readyAt) return probed;
    const loaded = probed.state === "READY" ? probed : await adapter.load(version, signal);
    if (loaded.state !== "READY") return loaded;
    const problem = await adapter.smoke(version, signal);
    return problem ? { state: "UNAVAILABLE", reason: problem } : loaded;
  };
  const result = await attempt().catch((error: unknown) => unreachable(error, adapter.answersWhileItLives === true && known !== null && known.state !== "LOADING"));
  const now = await deps.clock.now(deps.db);
  await upsertRuntimeModel(
    deps.db,
    { workspaceId: runtime.workspaceId, runtimeId: runtime.id, versionId: version.id },
    { isWanted: true, state: result.state, reason: result.reason ?? null, probedAt: now, ...(result.state === "READY" ? { readyAt: known?.readyAt ?? now } : { readyAt: null }) },
    now,
  );
  return result;
};
