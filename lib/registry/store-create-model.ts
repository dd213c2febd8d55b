import { changeParts } from "@/lib/audit/server";
import { type Database, refusalOf, runStatement, type Statement } from "@/lib/platform/db";

import type { ModelRow, Tags } from "./store-models";

const createModel: Statement = {
  name: "create_model",
  text: `WITH ${changeParts(8)}, m AS (
    INSERT INTO registered_model (id, workspace_id, name, description, created_by, created_at, updated_at) VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $10::timestamptz, $10::timestamptz)
  ) INSERT INTO registered_model_tag (workspace_id, model_id, key, value) SELECT $2::uuid, $1::uuid, u.key, u.value FROM unnest($6::text[], $7::text[]) AS u(key, value)`,
};

/** Inserts a model, its tags and the record of the change (`changeParameters`) in one statement; false when the workspace has a model of that name. */
export const insertModel = async (db: Database, workspaceId: string, { id, name, description, createdBy }: ModelRow, tags: Tags, change: readonly (string | number | string[] | null)[]): Promise<boolean> => {
  try {
    await runStatement(db, createModel, [id, workspaceId, name, description, createdBy, Object.keys(tags), Object.values(tags), ...change]);
    return true;
  } catch (error) {
    if (refusalOf(error)?.state === "23505") return false;
    throw error;
  }
};
