import type { Tx } from "@/lib/platform/db";

/** Bounds of what one event carries; beyond them the run itself has the rest. */
const maxParams = 1_000;
const maxMetrics = 2_000;
const maxDatasets = 200;
const maxValueLength = 1_000;
const maxSchemaLength = 32_768;

export type RunLineage = {
  experiment: { number: number; name: string };
  runId: string;
  name: string;
  status: string;
  user: string;
  startTime: number | null;
  endTime: number | null;
  source: { name: string | null; type: string | null; commit: string | null; branch: string | null; repository: string | null };
  parentRunId: string | null;
  params: Record<string, string>;
  /** Latest value of each metric; what is not a number is its word. */
  metrics: Record<string, number | string>;
  datasets: { name: string; digest: string; sourceType: string; source: string; schema: string | null; context: string | null }[];
  /** The run has more params, metrics or datasets than one event carries. */
  isCut: boolean;
};

const cut = (text: string, length = maxValueLength): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const contextOf = (tags: unknown): string | null => {
  const found = Array.isArray(tags) ? tags.find((tag: unknown): tag is { key: string; value: string } => typeof tag === "object" && tag !== null && "key" in tag && tag.key === "mlflow.data.context" && "value" in tag && typeof tag.value === "string") : undefined;
  return found?.value ?? null;
};

/** What a run says of where a model comes from; undefined when the workspace has no such run. */
export const findRunLineage = async (tx: Tx, workspaceId: string, runId: string): Promise<RunLineage | undefined> => {
  const run = await tx.run.findUnique({
    where: { workspaceId_runId: { workspaceId, runId } },
    include: {
      experiment: { select: { number: true, name: true } },
      params: { orderBy: { key: "asc" }, take: maxParams + 1 },
      tags: { where: { key: { in: ["mlflow.source.name", "mlflow.source.type", "mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.git.repoURL", "mlflow.parentRunId"] } } },
      inputs: { include: { dataset: true }, orderBy: { datasetId: "asc" }, take: maxDatasets + 1 },
      latestMetrics: { orderBy: { keyId: "asc" }, take: maxMetrics + 1 },
    },
  });
  if (!run) return undefined;
  const keys = new Map((await tx.metricKey.findMany({ where: { id: { in: run.latestMetrics.map(({ keyId }) => keyId) } } })).map(({ id, key }) => [id, key]));
  const tag = (key: string): string | null => run.tags.find((candidate) => candidate.key === key)?.value ?? null;
  return {
    experiment: run.experiment,
    runId: run.runId,
    name: run.name,
    status: run.status,
    user: run.userName,
    startTime: run.startTime === null ? null : Number(run.startTime),
    endTime: run.endTime === null ? null : Number(run.endTime),
    source: { name: tag("mlflow.source.name"), type: tag("mlflow.source.type"), commit: tag("mlflow.source.git.commit"), branch: tag("mlflow.source.git.branch"), repository: tag("mlflow.source.git.repoURL") },
    parentRunId: tag("mlflow.parentRunId"),
    params: Object.fromEntries(run.params.slice(0, maxParams).map(({ key, value }) => [key, cut(value)])),
    metrics: Object.fromEntries(run.latestMetrics.slice(0, maxMetrics).flatMap(({ keyId, value }) => { const key = keys.get(keyId); return key === undefined ? [] : [[key, Number.isFinite(value) ? value : String(value)]]; })),
    datasets: run.inputs.slice(0, maxDatasets).map(({ tags, dataset }) => ({
      name: dataset.name,
      digest: dataset.digest,
      sourceType: dataset.sourceType,
      source: cut(dataset.source, 4_000),
      schema: dataset.schema !== null && dataset.schema.length <= maxSchemaLength ? dataset.schema : null,
      context: contextOf(tags),
    })),
    isCut: run.params.length > maxParams || run.latestMetrics.length > maxMetrics || run.inputs.length > maxDatasets,
  };
};
