-- Experiments have their number on the wire only within a workspace; four bytes that are unique let indexes of params and tags start
-- from an experiment.
ALTER TABLE "experiment" ADD COLUMN "seq" SERIAL;
CREATE UNIQUE INDEX "experiment_seq_key" ON "experiment"("seq");

ALTER TABLE "run_param" ADD COLUMN "experiment_seq" INTEGER;
ALTER TABLE "run_tag" ADD COLUMN "experiment_seq" INTEGER;
UPDATE "run_param" p SET "experiment_seq" = e."seq" FROM "run" r JOIN "experiment" e ON e."workspace_id" = r."workspace_id" AND e."number" = r."experiment_number" WHERE r."seq" = p."run_seq";
UPDATE "run_tag" t SET "experiment_seq" = e."seq" FROM "run" r JOIN "experiment" e ON e."workspace_id" = r."workspace_id" AND e."number" = r."experiment_number" WHERE r."seq" = t."run_seq";
ALTER TABLE "run_param" ALTER COLUMN "experiment_seq" SET NOT NULL;
ALTER TABLE "run_tag" ALTER COLUMN "experiment_seq" SET NOT NULL;

-- For writers that don't name the experiment, those of the release before this one among them.
CREATE FUNCTION set_experiment_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT e.seq INTO NEW.experiment_seq FROM run r JOIN experiment e ON e.workspace_id = r.workspace_id AND e.number = r.experiment_number WHERE r.seq = NEW.run_seq;
  RETURN NEW;
END $$;
CREATE TRIGGER set_experiment_seq BEFORE INSERT ON "run_param" FOR EACH ROW WHEN (NEW.experiment_seq IS NULL) EXECUTE FUNCTION set_experiment_seq();
CREATE TRIGGER set_experiment_seq BEFORE INSERT ON "run_tag" FOR EACH ROW WHEN (NEW.experiment_seq IS NULL) EXECUTE FUNCTION set_experiment_seq();

-- A metric's name is known by a number of its workspace, so that (key, experiment) is exact although experiments of two workspaces share numbers.
DROP INDEX "metric_latest_key_id_value_run_seq_idx";
CREATE INDEX "metric_latest_key_id_experiment_number_value_run_seq_idx" ON "metric_latest"("key_id", "experiment_number", "value", "run_seq");

-- Values beyond 200 characters would not fit into an index; "C" is the same order on every server.
DROP INDEX "run_param_key_value_idx";
CREATE INDEX "run_param_search_idx" ON "run_param" ("experiment_seq", "key", left("value", 200) COLLATE "C", "run_seq");
CREATE INDEX "run_tag_search_idx" ON "run_tag" ("experiment_seq", "key", left("value", 200) COLLATE "C", "run_seq");
CREATE INDEX "model_version_tag_key_value_idx" ON "model_version_tag" ("workspace_id", "key", left("value", 200), "version_id");

CREATE INDEX "run_input_workspace_id_dataset_id_idx" ON "run_input"("workspace_id", "dataset_id");
CREATE INDEX "model_version_workspace_id_logged_model_id_idx" ON "model_version"("workspace_id", "logged_model_id");
