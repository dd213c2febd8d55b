import { signPull } from "@/lib/artifacts/server";
import { AppError, isAppError } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";
import { type HttpClient, openHttpClient } from "@/lib/platform/http-client";
import { internalSecret } from "@/lib/platform/keys";
import { loadServable } from "@/lib/registry/server";

import { openOnnxAdapter } from "./adapters/onnx";
import type { ProbeResult, RuntimeAdapter, ServableSignature, ServableVersion } from "./adapters/types";
import { findRuntimeModel, upsertRuntimeModel } from "./store";

export type RuntimeRef = { id: string; workspaceId: string; kind: string; url: string };

const clients = new WeakMap<Deps, HttpClient>();
const clientOf = (deps: Deps): HttpClient => {
  const open = clients.get(deps) ?? openHttpClient([deps.env.runtimeUrl]);
  clients.set(deps, open);
  return open;
};

/** Opens the adapter of a runtime's kind. */
export const openAdapter = (deps: Deps, runtime: RuntimeRef): RuntimeAdapter => {
  if (runtime.kind !== "onnx") throw new AppError("unsupported", "runtime.unknown_kind", `There is no adapter for runtimes of the kind "${runtime.kind}".`);
  return openOnnxAdapter({
    http: clientOf(deps),
    url: runtime.url,
    secret: internalSecret(deps.env.secretKey, "runtime"),
    pull: (version) => ({ url: `${deps.env.internalUrl}/api/internal/blobs/`, token: signPull(deps.env, { workspaceId: runtime.workspaceId, manifestDigest: version.manifestDigest ?? "" }) }),
  });
};

/** Loads a version with its frozen files; raises not_found when the workspace has no such version. */
export const requireServable = async (deps: Deps, workspaceId: string, versionId: string): Promise<ServableVersion> => {
  const version = await loadServable(deps.db, workspaceId, versionId);
  if (!version) throw new AppError("not_found", "version.not_found", "There is no such version in this workspace.");
  return { ...version, signature: version.signature as ServableSignature | null };
};

const callTimeoutMs = 20_000;
const unreachable = (error: unknown): ProbeResult => {
  if (isAppError(error) && error.kind === "unavailable") return { state: "LOADING", reason: error.message };
  throw error;
};

/**
 * Makes sure that a runtime holds a version and answers for it: probe, load if needed, then one made-up request.
 * A runtime that can't be reached counts as still loading: the caller's deadline decides. Safe to repeat.
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
  const result = await attempt().catch(unreachable);
  const now = await deps.clock.now(deps.db);
  await upsertRuntimeModel(
    deps.db,
    { workspaceId: runtime.workspaceId, runtimeId: runtime.id, versionId: version.id },
    { isWanted: true, state: result.state, reason: result.reason ?? null, probedAt: now, ...(result.state === "READY" ? { readyAt: known?.readyAt ?? now } : { readyAt: null }) },
    now,
  );
  return result;
};
