import { changeParts } from "@/lib/audit/server";
import { type Database, refusalOf, runStatement, type Statement } from "@/lib/platform/db";

import type { ModelRow } from "./store-models";

const createModel: Statement = {
  name: "create_model",
  text: `WITH ${changeParts(7)}
    INSERT INTO registered_model (id, workspace_id, name, description, created_by, tags, created_at, updated_at) VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::jsonb, $9::timestamptz, $9::timestamptz)`,
};

/** Inserts a model and the record of the change (`changeParameters`) in one statement; false when the workspace has a model of that name. */
export const insertModel = async (db: Database, workspaceId: string, { id, name, description, createdBy, tags }: ModelRow, change: readonly (string | number | string[] | null)[]): Promise<boolean> => {
  try {
    await runStatement(db, createModel, [id, workspaceId, name, description, createdBy, JSON.stringify(tags), ...change]);
    return true;
  } catch (error) {
    if (refusalOf(error)?.state === "23505") return false;
    throw error;
  }
};
