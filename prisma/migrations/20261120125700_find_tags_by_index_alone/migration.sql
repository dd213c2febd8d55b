-- The beginning of a tag's value as a column, as params and tags of runs have it: an index of an expression can't answer alone.
DROP INDEX "registered_model_tag_key_value_idx";
DROP INDEX "model_version_tag_key_value_idx";
ALTER TABLE "registered_model_tag" ADD COLUMN "value_start" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (left("value", 200)) STORED;
ALTER TABLE "model_version_tag" ADD COLUMN "value_start" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (left("value", 200)) STORED;
CREATE INDEX "registered_model_tag_workspace_id_key_value_start_model_id_idx" ON "registered_model_tag"("workspace_id", "key", "value_start", "model_id");
CREATE INDEX "model_version_tag_workspace_id_key_value_start_version_id_idx" ON "model_version_tag"("workspace_id", "key", "value_start", "version_id");
