-- What a client asked for when it made a run, kept for the minutes in which it may ask again because the answer was lost.
CREATE TABLE "run_creation" (
    "workspace_id" UUID NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "request_digest" BYTEA NOT NULL,
    "run_id" CHAR(32) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "run_creation_pkey" PRIMARY KEY ("workspace_id","fingerprint")
);
CREATE INDEX "run_creation_expires_at_idx" ON "run_creation"("expires_at");
ALTER TABLE "run_creation" ADD CONSTRAINT "run_creation_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Params never change: called where an insert meets another value, it ends the whole statement and says which param it was.
CREATE FUNCTION refuse_param_change(param_key text, held text, wanted text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a param was logged before with another value' USING ERRCODE = 'SL001', DETAIL = json_build_object('key', param_key, 'value', held, 'wanted', wanted)::text;
END $$;
