-- CreateTable
CREATE TABLE "trace" (
    "workspace_id" UUID NOT NULL,
    "trace_id" TEXT NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "request_time" BIGINT NOT NULL,
    "duration_ms" BIGINT,
    "state" TEXT NOT NULL,
    "client_request_id" TEXT,
    "request_preview" TEXT,
    "response_preview" TEXT,
    "tags" JSONB NOT NULL,
    "metadata" JSONB NOT NULL,
    "is_final" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trace_pkey" PRIMARY KEY ("workspace_id","trace_id")
);

-- CreateTable
CREATE TABLE "trace_span" (
    "workspace_id" UUID NOT NULL,
    "trace_id" TEXT NOT NULL,
    "span_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "name" TEXT NOT NULL,
    "type" TEXT,
    "status" TEXT NOT NULL,
    "start_ns" BIGINT NOT NULL,
    "end_ns" BIGINT,
    "content" JSONB NOT NULL,

    CONSTRAINT "trace_span_pkey" PRIMARY KEY ("workspace_id","trace_id","span_id")
);

-- CreateTable
CREATE TABLE "trace_assessment" (
    "workspace_id" UUID NOT NULL,
    "assessment_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source_type" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "span_id" TEXT,
    "value" JSONB NOT NULL,
    "rationale" TEXT,
    "metadata" JSONB NOT NULL,
    "overrides" TEXT,
    "is_valid" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trace_assessment_pkey" PRIMARY KEY ("workspace_id","assessment_id")
);

-- CreateTable
CREATE TABLE "trace_run" (
    "workspace_id" UUID NOT NULL,
    "trace_id" TEXT NOT NULL,
    "run_seq" BIGINT NOT NULL,

    CONSTRAINT "trace_run_pkey" PRIMARY KEY ("workspace_id","trace_id","run_seq")
);

-- CreateTable
CREATE TABLE "trace_prompt" (
    "workspace_id" UUID NOT NULL,
    "trace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,

    CONSTRAINT "trace_prompt_pkey" PRIMARY KEY ("workspace_id","trace_id","name","version")
);

-- CreateIndex
CREATE INDEX "trace_workspace_id_experiment_number_request_time_trace_id_idx" ON "trace"("workspace_id", "experiment_number", "request_time" DESC, "trace_id");

-- CreateIndex
CREATE INDEX "trace_assessment_workspace_id_trace_id_idx" ON "trace_assessment"("workspace_id", "trace_id");

-- CreateIndex
CREATE INDEX "trace_run_workspace_id_run_seq_idx" ON "trace_run"("workspace_id", "run_seq");

-- CreateIndex
CREATE INDEX "trace_prompt_workspace_id_name_version_idx" ON "trace_prompt"("workspace_id", "name", "version");

-- AddForeignKey
ALTER TABLE "trace" ADD CONSTRAINT "trace_workspace_id_experiment_number_fkey" FOREIGN KEY ("workspace_id", "experiment_number") REFERENCES "experiment"("workspace_id", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_span" ADD CONSTRAINT "trace_span_workspace_id_trace_id_fkey" FOREIGN KEY ("workspace_id", "trace_id") REFERENCES "trace"("workspace_id", "trace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_assessment" ADD CONSTRAINT "trace_assessment_workspace_id_trace_id_fkey" FOREIGN KEY ("workspace_id", "trace_id") REFERENCES "trace"("workspace_id", "trace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_run" ADD CONSTRAINT "trace_run_workspace_id_trace_id_fkey" FOREIGN KEY ("workspace_id", "trace_id") REFERENCES "trace"("workspace_id", "trace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_run" ADD CONSTRAINT "trace_run_workspace_id_run_seq_fkey" FOREIGN KEY ("workspace_id", "run_seq") REFERENCES "run"("workspace_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace_prompt" ADD CONSTRAINT "trace_prompt_workspace_id_trace_id_fkey" FOREIGN KEY ("workspace_id", "trace_id") REFERENCES "trace"("workspace_id", "trace_id") ON DELETE CASCADE ON UPDATE CASCADE;
