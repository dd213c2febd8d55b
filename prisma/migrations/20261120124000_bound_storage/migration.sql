-- When bytes were last referred to: an upload of what is there already makes it young again, so that it is not collected.
ALTER TABLE "blob" ADD COLUMN "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "blob" SET "touched_at" = "created_at";
CREATE INDEX "blob_sha256_idx" ON "blob"("sha256");
CREATE INDEX "blob_touched_at_idx" ON "blob"("touched_at");
CREATE INDEX "artifact_workspace_id_sha256_idx" ON "artifact"("workspace_id", "sha256");
CREATE INDEX "manifest_entry_workspace_id_sha256_idx" ON "manifest_entry"("workspace_id", "sha256");
CREATE INDEX "model_version_workspace_id_manifest_id_idx" ON "model_version"("workspace_id", "manifest_id");
CREATE INDEX "run_output_workspace_id_model_id_idx" ON "run_output"("workspace_id", "model_id");
CREATE INDEX "window_profile_window_start_idx" ON "window_profile"("window_start");
CREATE INDEX "monitor_result_window_start_idx" ON "monitor_result"("window_start");
CREATE INDEX "run_deleted_idx" ON "run" ("deleted_at") WHERE "lifecycle_stage" = 'deleted';
CREATE INDEX "logged_model_deleted_idx" ON "logged_model" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "logged_model_source_run_idx" ON "logged_model" ("workspace_id", "source_run_id") WHERE "source_run_id" IS NOT NULL;

-- A frozen list names digests, never a provisional name.
ALTER TABLE "manifest_entry" ADD CONSTRAINT "manifest_entry_sha256_check" CHECK ("sha256" ~ '^[0-9a-f]{64}$');

-- CreateTable
CREATE TABLE "workspace_storage" (
    "workspace_id" UUID NOT NULL,
    "shard" SMALLINT NOT NULL,
    "blobs" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "workspace_storage_pkey" PRIMARY KEY ("workspace_id","shard")
);

-- CreateTable
CREATE TABLE "direct_upload" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "name" CHAR(64) NOT NULL,
    "store_upload_id" TEXT NOT NULL,
    "parts" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "direct_upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pending_blob" (
    "workspace_id" UUID NOT NULL,
    "name" CHAR(64) NOT NULL,
    "path" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_blob_pkey" PRIMARY KEY ("workspace_id","name")
);

-- CreateTable
CREATE TABLE "pending_manifest_entry" (
    "workspace_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "pending_manifest_entry_pkey" PRIMARY KEY ("version_id","path")
);

-- CreateTable
CREATE TABLE "doomed_blob" (
    "name" CHAR(64) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "doomed_blob_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "metric_leftover" (
    "run_seq" BIGINT NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "metric_leftover_pkey" PRIMARY KEY ("run_seq")
);

-- CreateTable
CREATE TABLE "storage_scan" (
    "name" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "storage_scan_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "direct_upload_expires_at_idx" ON "direct_upload"("expires_at");

-- CreateIndex
CREATE INDEX "pending_blob_due_at_idx" ON "pending_blob"("due_at");

-- CreateIndex
CREATE INDEX "pending_manifest_entry_workspace_id_sha256_idx" ON "pending_manifest_entry"("workspace_id", "sha256");

-- CreateIndex
CREATE INDEX "doomed_blob_due_at_idx" ON "doomed_blob"("due_at");

-- AddForeignKey
ALTER TABLE "direct_upload" ADD CONSTRAINT "direct_upload_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pending_blob" ADD CONSTRAINT "pending_blob_workspace_id_name_fkey" FOREIGN KEY ("workspace_id", "name") REFERENCES "blob"("workspace_id", "sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pending_manifest_entry" ADD CONSTRAINT "pending_manifest_entry_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pending_manifest_entry" ADD CONSTRAINT "pending_manifest_entry_workspace_id_sha256_fkey" FOREIGN KEY ("workspace_id", "sha256") REFERENCES "blob"("workspace_id", "sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Versions, and whether what they refer to is kept even after they were deleted: what was deployed or asked to be.
CREATE VIEW "version_hold" AS
SELECT v."workspace_id", v."id" AS "version_id", v."run_id", v."logged_model_id", v."manifest_id", v."deleted_at",
  EXISTS (SELECT 1 FROM "deployment" d WHERE d."workspace_id" = v."workspace_id" AND d."version_id" = v."id")
  OR EXISTS (SELECT 1 FROM "promotion_request" p WHERE p."version_id" = v."id") AS "is_kept"
FROM "model_version" v;

-- Gives bytes that were hashed their digest wherever their provisional name stands, in every workspace that has it.
CREATE FUNCTION settle_pending_blob(pending bpchar, digest bpchar, bytes bigint, settled_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "blob" AS b ("workspace_id", "sha256", "size", "created_at", "touched_at")
  SELECT p."workspace_id", digest, bytes, p."created_at", settled_at FROM "blob" p WHERE p."sha256" = pending
  ON CONFLICT ("workspace_id", "sha256") DO UPDATE SET "touched_at" = excluded."touched_at";
  UPDATE "artifact" a SET "sha256" = digest, "size" = bytes FROM "blob" p WHERE p."sha256" = pending AND a."workspace_id" = p."workspace_id" AND a."sha256" = pending;
  UPDATE "pending_manifest_entry" e SET "sha256" = digest, "size" = bytes FROM "blob" p WHERE p."sha256" = pending AND e."workspace_id" = p."workspace_id" AND e."sha256" = pending;
  DELETE FROM "blob" WHERE "sha256" = pending;
END $$;

-- What a workspace stores, counted with every change of its blobs, whoever makes it. Sixteen rows by the last digit of the
-- digest, so that uploads rarely wait for each other; touched in order, so that they never wait in a circle.
CREATE FUNCTION count_stored_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "workspace_storage" AS s ("workspace_id", "shard", "blobs", "bytes")
  SELECT "workspace_id", ascii(right("sha256"::text, 1)) % 16, count(*), sum("size") FROM changed GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT ("workspace_id", "shard") DO UPDATE SET "blobs" = s."blobs" + excluded."blobs", "bytes" = s."bytes" + excluded."bytes";
  RETURN NULL;
END $$;
CREATE FUNCTION uncount_stored_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "workspace_storage" s SET "blobs" = s."blobs" - c.blobs, "bytes" = s."bytes" - c.bytes
  FROM (SELECT "workspace_id", ascii(right("sha256"::text, 1)) % 16 AS shard, count(*) AS blobs, sum("size") AS bytes FROM changed GROUP BY 1, 2 ORDER BY 1, 2) c
  WHERE s."workspace_id" = c."workspace_id" AND s."shard" = c.shard;
  RETURN NULL;
END $$;
INSERT INTO "workspace_storage" SELECT "workspace_id", ascii(right("sha256"::text, 1)) % 16, count(*), sum("size") FROM "blob" GROUP BY 1, 2;
CREATE TRIGGER count_stored AFTER INSERT ON "blob" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_stored_blobs();
CREATE TRIGGER uncount_stored AFTER DELETE ON "blob" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION uncount_stored_blobs();
