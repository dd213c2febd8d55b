import { listManifestFiles } from "@/lib/artifacts/server";
import { can } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import type { MlflowSummary } from "@/lib/inspection";
import { findLatestInspection } from "@/lib/inspection/server";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { diffSchemas } from "./diff";
import { needVersion } from "./find";
import type { SchemaDiff, VersionComparison } from "./schema";
import { findRunLineage } from "./store-lineage";
import { findVersionDocuments, findVersionRowById, type VersionRow } from "./store-versions";

type Pair<T> = { name: string; before: T | null; after: T | null };

/** Joins two lists by name, in the order of the first, then what only the second has. */
const pair = <T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Pair<T>[] =>
  [...new Set([...before.keys(), ...after.keys()])].map((name) => ({ name, before: before.get(name) ?? null, after: after.get(name) ?? null }));

const flavorsOf = (mlflow: MlflowSummary | null): Map<string, string> => {
  const entries = (mlflow?.flavors ?? []).map(({ name, version, serialization, loader }): [string, string] => [name, [version ?? loader, serialization].filter((part) => part !== null).join(", ") || "version not stated"]);
  return new Map([...(mlflow?.pythonVersion ? [["python", mlflow.pythonVersion] as [string, string]] : []), ...(mlflow?.mlflowVersion ? [["mlflow", mlflow.mlflowVersion] as [string, string]] : []), ...entries]);
};
const packagesOf = (mlflow: MlflowSummary | null): Map<string, string> => new Map((mlflow?.dependencies?.packages ?? []).map(({ name, specifier }) => [name.toLowerCase(), specifier === "" ? "any version" : specifier]));
const isChanged = <T>({ before, after }: Pair<T>): boolean => before !== after;

const readSide = async (tx: Tx, workspaceId: string, row: VersionRow) => {
  const mlflow = (await findLatestInspection(tx, workspaceId, row.id))?.mlflow ?? null;
  return { row, mlflow, view: { signature: (await findVersionDocuments(tx, row.id)).signature, params: mlflow?.params ?? [] } };
};

/** What changes for callers when one version takes the place of another. Does not authorise: for services that did. */
export const compareSchemas = async (tx: Tx, workspaceId: string, beforeId: string, afterId: string): Promise<SchemaDiff | null> => {
  const [before, after] = [await findVersionRowById(tx, workspaceId, beforeId), await findVersionRowById(tx, workspaceId, afterId)];
  if (!before || !after) return null;
  return diffSchemas((await readSide(tx, workspaceId, before)).view, (await readSide(tx, workspaceId, after)).view);
};

/** Two versions of a model side by side: schema, flavours, packages, files, and the runs that they come from. */
export const compareVersions = async (ctx: Context, model: string, a: number, b: number): Promise<VersionComparison> => {
  authorize(ctx, "model:read");
  const { db } = ctx.deps;
  const workspaceId = ctx.workspace.id;
  const before = await readSide(db, workspaceId, await needVersion(db, workspaceId, model, a));
  const after = await readSide(db, workspaceId, await needVersion(db, workspaceId, model, b));
  const filesOf = async ({ manifestId }: VersionRow) => new Map(manifestId === null ? [] : (await listManifestFiles(db, workspaceId, manifestId)).map(({ path, sha256, size }) => [path, { sha256, size }]));
  const runOf = async ({ runId }: VersionRow) => (runId === null || !can(ctx.actor, "run:read") ? undefined : findRunLineage(db, workspaceId, runId));
  const [oldRun, newRun] = [await runOf(before.row), await runOf(after.row)];
  const headOf = ({ row }: typeof before) => ({ number: row.number, format: row.format, status: row.status, totalSize: row.totalSize, runId: row.runId, createdAt: row.createdAt.toISOString(), createdBy: row.createdBy });
  const files = pair(await filesOf(before.row), await filesOf(after.row));
  return {
    model,
    a: headOf(before),
    b: headOf(after),
    schema: diffSchemas(before.view, after.view),
    flavors: pair(flavorsOf(before.mlflow), flavorsOf(after.mlflow)),
    packages: pair(packagesOf(before.mlflow), packagesOf(after.mlflow)).filter(isChanged),
    samePackages: pair(packagesOf(before.mlflow), packagesOf(after.mlflow)).filter((item) => !isChanged(item)).length,
    metrics: pair(new Map(Object.entries(oldRun?.metrics ?? {})), new Map(Object.entries(newRun?.metrics ?? {}))),
    params: pair(new Map(Object.entries(oldRun?.params ?? {})), new Map(Object.entries(newRun?.params ?? {}))),
    files: files.filter(({ before: old, after: fresh }) => old?.sha256 !== fresh?.sha256).map(({ name, before: old, after: fresh }) => ({ path: name, before: old, after: fresh })),
    sameFiles: files.filter(({ before: old, after: fresh }) => old !== null && old.sha256 === fresh?.sha256).length,
  };
};
