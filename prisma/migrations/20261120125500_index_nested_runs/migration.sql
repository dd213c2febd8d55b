-- Children of a run are found by the tag that names their parent.
CREATE INDEX "run_tag_parent_idx" ON "run_tag" ("value", "run_seq") WHERE "key" = 'mlflow.parentRunId';

-- The page of a run lists the models that it made.
CREATE INDEX "logged_model_workspace_id_source_run_id_idx" ON "logged_model"("workspace_id", "source_run_id");
