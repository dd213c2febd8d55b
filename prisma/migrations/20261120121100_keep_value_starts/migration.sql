-- The beginning of a value as a column, not an expression: only so can a search be answered by the index alone, which is what makes
-- it fast where the table does not fit into memory. Values beyond 200 characters would not fit into an index; "C" is the same order on
-- every server.
DROP INDEX "run_param_search_idx";
DROP INDEX "run_tag_search_idx";
ALTER TABLE "run_param" ADD COLUMN "value_start" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (left("value", 200)) STORED;
ALTER TABLE "run_tag" ADD COLUMN "value_start" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (left("value", 200)) STORED;
CREATE INDEX "run_param_experiment_seq_key_value_start_run_seq_idx" ON "run_param"("experiment_seq", "key", "value_start", "run_seq");
CREATE INDEX "run_tag_experiment_seq_key_value_start_run_seq_idx" ON "run_tag"("experiment_seq", "key", "value_start", "run_seq");
