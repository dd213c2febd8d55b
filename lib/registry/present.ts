import { formatId } from "@/lib/core/ids";
import type { Tx } from "@/lib/platform/db";

import type { Model, ModelAliasView, VersionDeployment, VersionSummary } from "./schema";
import { type AliasRow, listAliases, listAliasesOfVersions, listOwnedAliases } from "./store-aliases";
import { type DeploymentSpan, listDeploymentSpans, listLiveEndpoints, listRequestedVersions, type LiveEndpoint } from "./store-live";
import type { ModelRow } from "./store-models";
import { listNewestVersions, type VersionRow } from "./store-versions";
import { versionStateOf } from "./view";

const percent = (basisPoints: number): number => basisPoints / 100;

/** Says what a version is to an endpoint right now, or undefined when it is nothing there. */
const roleOn = (endpoint: LiveEndpoint, versionId: string, now: Date): Pick<VersionDeployment, "role" | "weightPercent"> | undefined => {
  const isCandidate = endpoint.candidateVersionId === versionId;
  if (endpoint.stableVersionId === versionId) return { role: "stable", weightPercent: isCandidate ? 100 : percent(10_000 - endpoint.candidateWeightBp) };
  if (isCandidate && endpoint.candidateWeightBp > 0) return { role: "candidate", weightPercent: percent(endpoint.candidateWeightBp) };
  if (endpoint.mirrorVersionId === versionId && endpoint.mirrorBp > 0) return { role: "shadow", weightPercent: 0 };
  if (endpoint.rolloutVersionId === versionId) return { role: "preparing", weightPercent: 0 };
  if (endpoint.previousVersionId === versionId && endpoint.warmUntil !== null && endpoint.warmUntil > now) return { role: "warm", weightPercent: 0 };
  return undefined;
};

const deploymentsOf = (version: VersionRow, endpoints: readonly LiveEndpoint[], spans: readonly DeploymentSpan[], now: Date): VersionDeployment[] =>
  endpoints.flatMap((endpoint) => {
    const role = endpoint.modelId === version.modelId ? roleOn(endpoint, version.id, now) : undefined;
    if (!role) return [];
    const span = spans.find((candidate) => candidate.endpointId === endpoint.id && candidate.versionId === version.id && candidate.isOpen);
    const rolloutId = endpoint.rolloutVersionId === version.id && endpoint.rolloutId !== null ? formatId("rollout", endpoint.rolloutId) : null;
    return [{ endpointId: formatId("endpoint", endpoint.id), endpoint: endpoint.name, environment: endpoint.environment, isProduction: endpoint.isProduction, ...role, rolloutId, since: span?.fromAt.toISOString() ?? null }];
  });

/** Turns rows of versions into what the wire shows, with aliases, deployments and the derived state: six queries, whatever the number of rows. */
export const presentVersions = async (tx: Tx, rows: readonly VersionRow[], now: Date): Promise<VersionSummary[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const endpoints = await listLiveEndpoints(tx, [...new Set(rows.map(({ modelId }) => modelId))]);
  const [aliases, spans, requested] = [
    await listAliasesOfVersions(tx, ids),
    await listDeploymentSpans(tx, endpoints.map(({ id }) => id), ids),
    await listRequestedVersions(tx, ids),
  ];
  return rows.map((row) => {
    const own = aliases.filter(({ versionId }) => versionId === row.id).map(({ alias }) => alias);
    const deployments = deploymentsOf(row, endpoints, spans, now);
    const hasServed = spans.some(({ versionId }) => versionId === row.id);
    const { id, model, number, status, statusReason, description, format, manifestDigest, fileCount, totalSize, source, runId, createdBy } = row;
    return {
      id: formatId("version", id),
      model,
      number,
      status,
      statusReason,
      state: versionStateOf({ status, aliases: own, deployments, isRequested: requested.has(id), hasServed }),
      aliases: own,
      deployments,
      description,
      format,
      manifestDigest,
      fileCount,
      totalSize,
      source,
      runId,
      createdBy,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
};

/** Aliases of models with what protects each. */
const presentAliases = (aliases: readonly AliasRow[], guards: readonly { modelId: string; alias: string; endpoint: string }[]): ModelAliasView[] =>
  aliases.map(({ modelId, alias, number }) => ({ alias, version: number, protectedBy: guards.find((guard) => guard.modelId === modelId && guard.alias === alias)?.endpoint ?? null }));

/** Turns rows of models into what the wire shows, with aliases, tags and the newest version. */
export const presentModels = async (tx: Tx, rows: readonly ModelRow[], now: Date): Promise<Model[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const aliases = await listAliases(tx, ids);
  const guards = aliases.length === 0 ? [] : await listOwnedAliases(tx, ids);
  const newest = await presentVersions(tx, await listNewestVersions(tx, ids), now);
  return rows.map(({ id, name, description, tags, nextVersionNumber, createdBy, createdAt, updatedAt }) => ({
    id: formatId("model", id),
    name,
    description,
    tags,
    aliases: presentAliases(aliases.filter(({ modelId }) => modelId === id), guards),
    versionCount: nextVersionNumber - 1,
    latestVersion: newest.find((version) => version.model === name) ?? null,
    createdBy,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
};

/** The version that a production endpoint of the model serves, for comparisons. */
export const findChampion = async (tx: Tx, modelId: string): Promise<{ versionId: string; endpoint: string } | undefined> => {
  const endpoint = (await listLiveEndpoints(tx, [modelId])).find(({ isProduction, stableVersionId }) => isProduction && stableVersionId !== null);
  return endpoint?.stableVersionId ? { versionId: endpoint.stableVersionId, endpoint: endpoint.name } : undefined;
};
