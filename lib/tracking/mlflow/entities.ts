import type { StageVersion } from "@/lib/registry/server";

import type { FullLoggedModel } from "../service-logged-models";
import type { FullRun } from "../service-runs";
import type { ExperimentRow } from "../store-experiments";
import type { RunLinks, RunRow } from "../store-runs";
import { compact } from "./output";

const tagList = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }));

export const experimentEntity = ({ number, name, artifactLocation, lifecycleStage, createdAt, updatedAt, tags }: ExperimentRow) =>
  compact({ experiment_id: String(number), name, artifact_location: artifactLocation, lifecycle_stage: lifecycleStage, last_update_time: updatedAt.getTime(), creation_time: createdAt.getTime(), tags });

export const runInfoEntity = (run: RunRow) =>
  compact({
    run_id: run.runId,
    run_uuid: run.runId,
    run_name: run.name,
    experiment_id: String(run.experimentNumber),
    user_id: run.userName,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycleStage,
  });

/** What a run read and made. */
export const runLinkEntities = ({ inputs, outputs, modelInputs }: RunLinks) => ({
  inputs: compact({
    model_inputs: modelInputs.map((modelId) => ({ model_id: modelId })),
    dataset_inputs: inputs.map(({ tags, dataset }) => compact({ tags, dataset: compact({ name: dataset.name, digest: dataset.digest, source_type: dataset.sourceType, source: dataset.source, schema: dataset.schema, profile: dataset.profile }) })),
  }),
  outputs: compact({ model_outputs: outputs.map(({ modelId, step }) => ({ model_id: modelId, step })) }),
});

export const runEntity = (run: FullRun) => ({ info: runInfoEntity(run), data: compact({ metrics: run.metrics, params: run.params, tags: run.tags }), ...runLinkEntities(run) });

export const loggedModelEntity = (model: FullLoggedModel) => ({
  info: compact({
    model_id: model.modelId,
    experiment_id: String(model.experimentNumber),
    name: model.name,
    creation_timestamp_ms: model.createdAt.getTime(),
    last_updated_timestamp_ms: model.updatedAt.getTime(),
    artifact_uri: model.artifactUri,
    status: `LOGGED_MODEL_${model.status}`,
    model_type: model.modelType,
    source_run_id: model.sourceRunId,
    status_message: model.statusMessage,
    tags: model.tags,
    registrations: model.registrations.map(({ name, version }) => ({ name, version: String(version) })),
  }),
  data: compact({
    params: model.params,
    metrics: model.metrics.map(({ key, value, timestamp, step, runId, datasetName, datasetDigest, modelId }) =>
      compact({ key, value, timestamp, step, run_id: runId, model_id: modelId, dataset_name: datasetName || undefined, dataset_digest: datasetDigest || undefined })),
  }),
});

/** The check of files is Slipway's own: MLflow's clients see READY at once, and FAILED_REGISTRATION for what was refused. */
export const versionEntity = (version: StageVersion, { withAliases = true }: { withAliases?: boolean } = {}) =>
  compact({
    name: version.model,
    version: String(version.number),
    creation_timestamp: version.createdAt.getTime(),
    last_updated_timestamp: version.updatedAt.getTime(),
    user_id: version.createdBy,
    current_stage: version.stage,
    description: version.description ?? "",
    source: version.source,
    run_id: version.runId ?? "",
    status: version.status === "refused" ? "FAILED_REGISTRATION" : "READY",
    status_message: version.statusReason,
    tags: tagList(version.tags),
    run_link: version.runLink ?? "",
    aliases: withAliases ? version.aliases : [],
    model_id: version.loggedModelId,
  });
