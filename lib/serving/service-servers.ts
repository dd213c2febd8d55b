import { recordChange } from "@/lib/audit/server";
import { AppError, isAppError } from "@/lib/core/errors";
import { formatId, newId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, type Deps, transact } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";
import { needVersion, versionTarget } from "@/lib/registry/server";

import type { ServableVersion } from "./adapters/types";
import { convertCommand, serveCommand } from "./commands";
import { fitOf } from "./fit";
import { addressesOf, openAdapterAt, requireServable } from "./runtimes";
import type { RuntimeCreate, RuntimeFit, VersionServing } from "./schema";
import * as store from "./store";
import * as servers from "./store-servers";

const requireRuntime = async (tx: Tx, ctx: Context, name: string) => {
  const runtime = await store.findRuntimeRow(tx, ctx.workspace.id, name);
  if (!runtime) throw new AppError("not_found", "runtime.not_found", `There is no runtime "${name}" in this workspace.`);
  return runtime;
};
const runtimeTarget = (runtime: { id: string; name: string }) => ({ type: "runtime", id: formatId("runtime", runtime.id), name: runtime.name });

/** Adds a runtime of scoring servers. The bundled runtime is one of a kind: it holds the installation's secret. */
export const createRuntime = async (ctx: Context, { name, kind }: RuntimeCreate): Promise<{ id: string; name: string; kind: string }> => {
  authorize(ctx, "endpoint:write");
  try {
    return await transact(ctx.deps, async (tx, now) => {
      const row = await servers.insertRuntime(tx, { id: newId(), workspaceId: ctx.workspace.id, name, kind, url: "", createdAt: now });
      await recordChange(tx, ctx, now, { action: "runtime.create", target: runtimeTarget(row), change: { after: { kind } } });
      return { id: formatId("runtime", row.id), name: row.name, kind: row.kind };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("conflict", "runtime.name_taken", `There is already a runtime "${name}" in this workspace.`, { cause: error });
    throw error;
  }
};

/** Removes a runtime that no endpoint was ever made on. */
export const deleteRuntime = async (ctx: Context, name: string, reason: string): Promise<void> => {
  authorize(ctx, "endpoint:write");
  await transact(ctx.deps, async (tx, now) => {
    const runtime = await requireRuntime(tx, ctx, name);
    if (runtime.kind === "onnx") throw new AppError("conflict", "runtime.bundled", "The bundled runtime belongs to the installation and can't be removed.");
    if ((await servers.countEndpointsOf(tx, runtime.id)) > 0) throw new AppError("conflict", "runtime.in_use", "Endpoints are or were served by this runtime; their record needs it.");
    await servers.deleteRuntimeRow(tx, runtime.id);
    await recordChange(tx, ctx, now, { action: "runtime.delete", target: runtimeTarget(runtime), reason });
  });
};

const cannotLoad = (version: ServableVersion): string | null => {
  const bad = version.format === "onnx" ? version.signature?.inputs.find(({ kind }) => kind !== undefined && kind !== "tensor") : undefined;
  return bad ? `Its input "${bad.name}" is ${bad.datatype}, which the Open Inference Protocol can't carry.` : null;
};

const widthOf = (version: ServableVersion): number | null => {
  const inputs = version.signature?.inputs ?? [];
  const [only] = inputs;
  if (version.signature?.form === "columns") return inputs.length;
  return inputs.length === 1 && only?.shape?.length === 2 ? (only.shape[1] ?? null) : null;
};

/** What is behind `READY`, for each kind, in words. */
const verifiedOf = (kind: string, hasProbe: "example" | "signature" | null): string =>
  kind === "onnx"
    ? "Every file was checked by its SHA-256 when it was loaded, and a made-up row got an answer that fits the signature."
    : `The server answers /ping${hasProbe === "example" ? ", and answered the model's own input example" : hasProbe === "signature" ? ", and answered a made-up row that fits the signature" : ""}. Which version it holds is not part of MLflow's protocol, so that rests on whoever started it.`;

type RuntimeRow = Awaited<ReturnType<typeof requireRuntime>>;

const describeFit = (runtime: Pick<RuntimeRow, "name" | "kind">, version: ServableVersion, state: Awaited<ReturnType<typeof store.findRuntimeModel>> | undefined, url: string | null): RuntimeFit => ({
  runtime: runtime.name,
  kind: runtime.kind,
  ...fitOf(runtime.kind, { ...version, cannotLoadReason: cannotLoad(version) }),
  url,
  state: state?.state ?? null,
  stateReason: state?.reason ?? null,
  probedAt: state?.probedAt?.toISOString() ?? null,
  readyAt: state?.readyAt?.toISOString() ?? null,
  verified: verifiedOf(runtime.kind, probeOf(version)),
});

const probeOf = (version: ServableVersion): "example" | "signature" | null =>
  version.example !== null ? "example" : version.signature && version.signature.inputs.every(({ kind }) => kind === undefined || kind === "tensor") ? "signature" : null;

/** What one runtime can do with a version. Does not authorise: for services that did. */
export const readRuntimeFit = async (deps: Deps, runtime: Pick<RuntimeRow, "id" | "name" | "kind" | "workspaceId">, versionId: string): Promise<RuntimeFit> => {
  const version = await requireServable(deps, runtime.workspaceId, versionId);
  return describeFit(runtime, version, await store.findRuntimeModel(deps.db, runtime.id, versionId), (await servers.findModelServer(deps.db, runtime.id, versionId))?.url ?? null);
};

/** Which runtimes can serve a version, why not, what they say of it, and how to start a scoring server for it. */
export const getVersionServing = async (ctx: Context, model: string, number: number): Promise<VersionServing> => {
  authorize(ctx, "endpoint:read");
  const { db, env } = ctx.deps;
  const row = await needVersion(db, ctx.workspace.id, model, number);
  const version = await requireServable(ctx.deps, ctx.workspace.id, row.id);
  const runtimes = await store.listRuntimeRows(db, ctx.workspace.id);
  const held = await store.listRuntimeModelRows(db, ctx.workspace.id, runtimes.map(({ id }) => id));
  const addresses = await servers.listServersOfVersion(db, ctx.workspace.id, row.id);
  const target = { publicUrl: env.publicUrl, workspace: ctx.workspace.name, model, number };
  const isMlflow = fitOf("mlflow", { ...version, cannotLoadReason: null }).canServe;
  return {
    runtimes: runtimes.map((runtime) =>
      describeFit(runtime, version, held.find(({ runtimeId, versionId }) => runtimeId === runtime.id && versionId === row.id), addresses.find(({ runtimeId }) => runtimeId === runtime.id)?.url ?? null),
    ),
    serveCommand: isMlflow ? serveCommand(target) : null,
    convertCommand: isMlflow && version.format !== "onnx" ? convertCommand(target, version.flavors, widthOf(version)) : null,
  };
};

const normalize = (text: string): string => {
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/(invocations|ping)$/, "")}`;
};

/**
 * Says where the scoring server of a version listens. One address holds one version. A version that an endpoint needs now
 * changes its address only to a server that answers, so that traffic never goes where nobody was asked.
 */
export const setModelServer = async (ctx: Context, model: string, number: number, runtimeName: string, given: string): Promise<VersionServing> => {
  authorize(ctx, "endpoint:write");
  const problem = addressesOf(ctx.deps).problemOf(given);
  if (problem !== null) throw new AppError("invalid", "server.bad_address", problem, { invalidParams: [{ name: "url", reason: problem }] });
  const url = normalize(given);
  const { db } = ctx.deps;
  const runtime = await requireRuntime(db, ctx, runtimeName);
  if (runtime.kind !== "mlflow") throw new AppError("unprocessable", "runtime.holds_many", `The runtime "${runtime.name}" loads versions by itself; only scoring servers have an address for each version.`);
  const row = await needVersion(db, ctx.workspace.id, model, number);
  const version = await requireServable(ctx.deps, ctx.workspace.id, row.id);
  const fit = fitOf(runtime.kind, { ...version, cannotLoadReason: cannotLoad(version) });
  if (!fit.canServe) throw new AppError("unprocessable", "server.cannot_serve", `${fit.reason}${fit.remedy === null ? "" : ` ${fit.remedy}`}`);
  const known = await servers.findModelServer(db, runtime.id, row.id);
  const isNeeded = (await store.listNeededVersions(db, runtime.id, await ctx.deps.clock.now(db))).some(({ versionId }) => versionId === row.id);
  if (isNeeded && known?.url !== url) await requireAnswer(ctx, version, url);
  const taken = await servers.findServerAt(db, ctx.workspace.id, url);
  if (taken && (taken.versionId !== row.id || taken.runtimeId !== runtime.id)) throw addressTaken(url, `${taken.version.model.name} v${taken.version.number}`);
  try {
    await transact(ctx.deps, async (tx, now) => {
      const before = await servers.findModelServer(tx, runtime.id, row.id);
      if (before?.url === url) return;
      const key = { workspaceId: ctx.workspace.id, runtimeId: runtime.id, versionId: row.id };
      await servers.upsertModelServer(tx, key, { url, createdBy: actorName(ctx.actor) }, now);
      // What was known is of another server; one that carries traffic was asked just now.
      if (!isNeeded) await servers.forgetRuntimeModel(tx, runtime.id, row.id);
      await servers.notifyGateways(tx);
      await recordChange(tx, ctx, now, { action: "server.set", target: versionTarget(row), change: { ...(before ? { before: { runtime: runtime.name, url: before.url } } : {}), after: { runtime: runtime.name, url } } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw addressTaken(url, "another version", error);
    throw error;
  }
  await ctx.deps.jobs.send("serving.reconcile", {});
  return getVersionServing(ctx, model, number);
};

const addressTaken = (url: string, by: string, cause?: unknown): AppError =>
  new AppError("conflict", "server.address_taken", `${url} is registered as the server of ${by}. A scoring server holds one version: start another one on another port.`, cause === undefined ? {} : { cause });

const answerTimeoutMs = 20_000;

const requireAnswer = async (ctx: Context, version: ServableVersion, url: string): Promise<void> => {
  const adapter = openAdapterAt(ctx.deps, url);
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const ask = async (): Promise<string | null> => {
    const { state, reason } = await adapter.probe(version.id, signal);
    return state === "READY" ? adapter.smoke(version, signal) : (reason ?? "It is not ready.");
  };
  const problem = await ask().catch((error: unknown) => {
    if (isAppError(error)) return error.message;
    throw error;
  });
  if (problem !== null) throw new AppError("unprocessable", "server.no_answer", `An endpoint needs this version, so its server moves only to one that answers. ${problem}`);
};

/** Forgets the server of a version that no endpoint needs. */
export const deleteModelServer = async (ctx: Context, model: string, number: number, runtimeName: string): Promise<void> => {
  authorize(ctx, "endpoint:write");
  await transact(ctx.deps, async (tx, now) => {
    const runtime = await requireRuntime(tx, ctx, runtimeName);
    const row = await needVersion(tx, ctx.workspace.id, model, number);
    const before = await servers.findModelServer(tx, runtime.id, row.id);
    if (!before) throw new AppError("not_found", "server.not_found", `No server of ${row.model} v${row.number} is registered with "${runtime.name}".`);
    if ((await store.listNeededVersions(tx, runtime.id, now)).some(({ versionId }) => versionId === row.id)) throw new AppError("conflict", "server.in_use", "An endpoint serves, mirrors or keeps this version warm. Release another version first.");
    await servers.deleteModelServer(tx, runtime.id, row.id);
    await servers.forgetRuntimeModel(tx, runtime.id, row.id);
    await servers.notifyGateways(tx);
    await recordChange(tx, ctx, now, { action: "server.delete", target: versionTarget(row), change: { before: { runtime: runtime.name, url: before.url } } });
  });
};
