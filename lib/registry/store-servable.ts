import { isObject } from "@/lib/core/json";
import { mlflowSchema } from "@/lib/inspection";
import type { Tx } from "@/lib/platform/db";

/** A version with its frozen files and signature, as serving needs it; null when the workspace has no such version. */
export const loadServable = async (tx: Tx, workspaceId: string, versionId: string) => {
  const version = await tx.modelVersion.findFirst({
    where: { workspaceId, id: versionId, deletedAt: null },
    include: { model: { select: { name: true } }, manifest: { include: { entries: { orderBy: { path: "asc" } } } }, inspections: { where: { status: "done" }, orderBy: { id: "desc" }, take: 1, select: { summary: true, mlflow: true } } },
  });
  if (!version) return null;
  const summary = version.inspections[0]?.summary;
  const parsed = mlflowSchema.safeParse(version.inspections[0]?.mlflow);
  const mlflow = parsed.success ? parsed.data : null;
  const mainPath = isObject(summary) && typeof summary["path"] === "string" ? summary["path"] : null;
  return {
    id: version.id,
    number: version.number,
    modelId: version.modelId,
    modelName: version.model.name,
    status: version.status,
    manifestDigest: version.manifestDigest,
    files: (version.manifest?.entries ?? []).map((entry) => ({ path: entry.path, sha256: entry.sha256, size: Number(entry.size) })),
    /** The file to serve, as the inspection found it. */
    mainPath,
    format: version.format,
    flavors: mlflow?.flavors.map(({ name }) => name) ?? [],
    isServableByMlflow: mlflow !== null && mlflow.path === "MLmodel" && mlflow.flavors.some(({ name }) => name === "python_function"),
    takesFrame: mlflow?.inputs?.some(({ shape }) => shape === null) ?? false,
    example: mlflow?.example?.body ?? null,
    signature: version.signature,
  };
};

/** Finds a version of a model by its number. */
export const findVersionByNumber = (tx: Tx, workspaceId: string, modelId: string, number: number) =>
  tx.modelVersion.findFirst({ where: { workspaceId, modelId, number, deletedAt: null }, select: { id: true, number: true, status: true } });

/** Points an alias at a version, as part of the caller's transaction. */
export const setAliasRow = (tx: Tx, workspaceId: string, modelId: string, alias: string, versionId: string, now: Date) =>
  tx.modelAlias.upsert({
    where: { modelId_alias: { modelId, alias } },
    create: { workspaceId, modelId, alias, versionId, updatedAt: now },
    update: { versionId, updatedAt: now },
  });
