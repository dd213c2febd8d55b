-- What tells rows apart stands first. Until a young table is counted, the planner takes an index that begins with the workspace for as good
-- as the key itself; such a plan, once prepared, reads all rows of the workspace each time.
DROP INDEX "artifact_workspace_id_sha256_idx";
DROP INDEX "manifest_entry_workspace_id_sha256_idx";
DROP INDEX "logged_model_source_run_idx";
DROP INDEX "logged_model_workspace_id_source_run_id_idx";
DROP INDEX "model_version_workspace_id_manifest_id_idx";
DROP INDEX "model_version_workspace_id_logged_model_id_idx";
DROP INDEX "model_version_workspace_id_run_id_idx";
CREATE INDEX "artifact_sha256_workspace_id_idx" ON "artifact"("sha256", "workspace_id");
CREATE INDEX "manifest_entry_sha256_workspace_id_idx" ON "manifest_entry"("sha256", "workspace_id");
CREATE INDEX "logged_model_source_run_id_workspace_id_idx" ON "logged_model"("source_run_id", "workspace_id");
CREATE INDEX "model_version_manifest_id_workspace_id_idx" ON "model_version"("manifest_id", "workspace_id");
CREATE INDEX "model_version_logged_model_id_workspace_id_idx" ON "model_version"("logged_model_id", "workspace_id");
CREATE INDEX "model_version_run_id_workspace_id_idx" ON "model_version"("run_id", "workspace_id");
