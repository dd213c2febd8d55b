-- What made a version, for as long as its client may send the same request again.
CREATE TABLE "version_creation" (
    "workspace_id" UUID NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "request_digest" BYTEA NOT NULL,
    "version_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "version_creation_pkey" PRIMARY KEY ("workspace_id","fingerprint")
);
CREATE INDEX "version_creation_expires_at_idx" ON "version_creation"("expires_at");
ALTER TABLE "version_creation" ADD CONSTRAINT "version_creation_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;
