import { type Database, runStatement, type Statement } from "@/lib/platform/db";

import type { KeyValue } from "./store-runs";

export type LoggedModelToCreate = { modelId: string; experimentNumber: number; name: string; modelType: string; sourceRunId: string | null; params: readonly KeyValue[]; tags: readonly KeyValue[] };

const createLoggedModel: Statement = {
  name: "create_logged_model",
  text: `WITH e AS (
    SELECT number, artifact_location || '/models/' || $3 || '/artifacts' AS artifact_uri FROM experiment WHERE workspace_id = $1 AND number = $2 AND lifecycle_stage = 'active'
  ), m AS (
    INSERT INTO logged_model (workspace_id, model_id, experiment_number, name, status, model_type, source_run_id, artifact_uri, created_at, updated_at)
    SELECT $1, $3, e.number, $4, 'PENDING', $5, $6, e.artifact_uri, $7::timestamptz, $7::timestamptz FROM e RETURNING workspace_id, model_id, artifact_uri
  ), p AS (
    INSERT INTO logged_model_param (workspace_id, model_id, key, value) SELECT m.workspace_id, m.model_id, u.key, u.value FROM m, unnest($8::text[], $9::text[]) AS u(key, value) ON CONFLICT DO NOTHING
  ), t AS (
    INSERT INTO logged_model_tag (workspace_id, model_id, key, value) SELECT m.workspace_id, m.model_id, u.key, u.value FROM m, unnest($10::text[], $11::text[]) AS u(key, value)
  ) SELECT artifact_uri FROM m`,
};

/** Inserts a logged model with params and tags in one statement, and returns where its files go; undefined when the experiment isn't there or not active. */
export const insertLoggedModel = async (db: Database, workspaceId: string, model: LoggedModelToCreate, now: Date): Promise<string | undefined> => {
  const { modelId, experimentNumber, name, modelType, sourceRunId, params, tags } = model;
  const columns = [params, tags].flatMap((pairs) => [pairs.map(({ key }) => key), pairs.map(({ value }) => value)]);
  const [row] = await runStatement(db, createLoggedModel, [workspaceId, experimentNumber, modelId, name, modelType, sourceRunId, now.toISOString(), ...columns]);
  return row?.[0] ?? undefined;
};
