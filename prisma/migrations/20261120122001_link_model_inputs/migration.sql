-- CreateTable
CREATE TABLE "run_model_input" (
    "workspace_id" UUID NOT NULL,
    "run_seq" BIGINT NOT NULL,
    "model_id" TEXT NOT NULL,

    CONSTRAINT "run_model_input_pkey" PRIMARY KEY ("run_seq","model_id")
);

-- AddForeignKey
ALTER TABLE "run_model_input" ADD CONSTRAINT "run_model_input_workspace_id_run_seq_fkey" FOREIGN KEY ("workspace_id", "run_seq") REFERENCES "run"("workspace_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_model_input" ADD CONSTRAINT "run_model_input_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "logged_model"("workspace_id", "model_id") ON DELETE CASCADE ON UPDATE CASCADE;
