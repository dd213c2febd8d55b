-- Tags of a registered model stand in its row: a search reads them with it, and finds it by all of them at once.
ALTER TABLE "registered_model" ADD COLUMN "tags" JSONB NOT NULL DEFAULT '{}';
UPDATE "registered_model" m SET "tags" = t."tags" FROM (SELECT "model_id", jsonb_object_agg("key", "value") AS "tags" FROM "registered_model_tag" GROUP BY "model_id") t WHERE t."model_id" = m."id";
DROP TABLE "registered_model_tag";

-- A number for each tag, other in each workspace. Two tags may share one, so whoever searches by them compares the tags too.
CREATE FUNCTION "tag_marks"("workspace" UUID, "tags" JSONB) RETURNS BIGINT[] LANGUAGE SQL IMMUTABLE PARALLEL SAFE
  RETURN (SELECT array_agg(hashtextextended(t."key" || '=' || t."value", uuid_hash_extended("workspace", 0))) FROM jsonb_each_text("tags") t);
CREATE INDEX "registered_model_tags_idx" ON "registered_model" USING gin ("tag_marks"("workspace_id", "tags")) WITH (fastupdate = off) WHERE "tags" <> '{}';
