-- Children of a run are found by the tag that names their parent.
CREATE INDEX "run_tag_parent_idx" ON "run_tag" ("value", "run_seq") WHERE "key" = 'mlflow.parentRunId';
