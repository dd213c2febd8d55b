import type { ExperimentView, LoggedModelView, RunStatusWord } from "./schema";
import { toMetricValue } from "./metric-value";
import type { FullLoggedModel } from "./service-logged-models";
import type { ExperimentRow } from "./store-experiments";
import type { Activity } from "./store-browse";
import type { RunRow } from "./store-runs";

/** A moment in MLflow's milliseconds; clients that don't know one send 0. */
export const toTime = (ms: number | null): string | null => (ms === null || ms <= 0 || !Number.isFinite(ms) || ms > 8.64e15 ? null : new Date(ms).toISOString());

const isStatus = (text: string): text is RunStatusWord => ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"].includes(text);
const stageOf = (text: string): "active" | "deleted" => (text === "deleted" ? "deleted" : "active");

export const toRunInfo = ({ runId, experimentNumber, name, status, lifecycleStage, userName, startTime, endTime }: RunRow) => ({
  runId,
  experiment: experimentNumber,
  name,
  status: isStatus(status) ? status : ("RUNNING" as const),
  stage: stageOf(lifecycleStage),
  userName,
  startedAt: toTime(startTime),
  endedAt: toTime(endTime),
});

export const runsCap = 100_000;

export const toExperiment = ({ number, name, lifecycleStage, artifactLocation, tags, createdAt, updatedAt }: ExperimentRow, activity: Activity | undefined): ExperimentView => ({
  number,
  name,
  stage: stageOf(lifecycleStage),
  artifactLocation,
  tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
  runs: { count: Math.min(activity?.runs ?? 0, runsCap), isExact: (activity?.runs ?? 0) <= runsCap },
  lastActivityAt: toTime(activity?.lastStartMs ?? null),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const toLoggedModel = ({ modelId, name, status, modelType, createdAt, metrics, params, registrations }: FullLoggedModel): LoggedModelView => ({
  modelId,
  name,
  status,
  modelType,
  createdAt: createdAt.toISOString(),
  metrics: metrics.map(({ key, value, step, datasetName }) => ({ key, value: toMetricValue(value), step, dataset: datasetName === "" ? null : datasetName })),
  params,
  versions: registrations.map(({ name: model, version }) => ({ model, number: version })),
});
