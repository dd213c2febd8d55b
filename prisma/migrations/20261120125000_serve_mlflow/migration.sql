-- What the MLmodel file of a version states.
ALTER TABLE "inspection" ADD COLUMN     "mlflow" JSONB;

-- Addresses of scoring servers, each of which holds one version.
CREATE TABLE "model_server" (
    "workspace_id" UUID NOT NULL,
    "runtime_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_server_pkey" PRIMARY KEY ("runtime_id","version_id")
);

CREATE UNIQUE INDEX "model_server_workspace_id_url_key" ON "model_server"("workspace_id", "url");
CREATE INDEX "model_server_workspace_id_version_id_idx" ON "model_server"("workspace_id", "version_id");
ALTER TABLE "model_server" ADD CONSTRAINT "model_server_workspace_id_runtime_id_fkey" FOREIGN KEY ("workspace_id", "runtime_id") REFERENCES "runtime"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "model_server" ADD CONSTRAINT "model_server_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every workspace has the runtime of MLflow's scoring servers beside the bundled one, as new workspaces get it.
INSERT INTO "runtime" ("id", "workspace_id", "name", "kind", "url", "created_at")
SELECT gen_random_uuid(), "workspace_id", 'mlflow', 'mlflow', '', "created_at" FROM "runtime" WHERE "name" = 'onnx' AND "kind" = 'onnx'
ON CONFLICT ("workspace_id", "name") DO NOTHING;
