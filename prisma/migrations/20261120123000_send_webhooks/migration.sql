-- What MLflow's wire carries of versions and workspaces
ALTER TABLE "model_version" ADD COLUMN "run_link" TEXT;
ALTER TABLE "workspace" ADD COLUMN "description" TEXT;

CREATE TABLE "webhook" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "description" TEXT,
    "secret" TEXT,
    "status" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "held_until" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_pending" (
    "event_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,

    CONSTRAINT "webhook_pending_pkey" PRIMARY KEY ("event_id")
);

CREATE TABLE "webhook_delivery" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "event_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "event" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "response_status" INTEGER,
    "response_body" TEXT,
    "error" TEXT,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "webhook_workspace_id_id_key" ON "webhook"("workspace_id", "id");
CREATE INDEX "webhook_workspace_id_created_at_id_idx" ON "webhook"("workspace_id", "created_at", "id");
CREATE UNIQUE INDEX "webhook_delivery_webhook_id_event_id_ordinal_key" ON "webhook_delivery"("webhook_id", "event_id", "ordinal");
CREATE INDEX "webhook_delivery_webhook_id_status_position_idx" ON "webhook_delivery"("webhook_id", "status", "position");
CREATE INDEX "webhook_delivery_webhook_id_position_idx" ON "webhook_delivery"("webhook_id", "position");
-- What is due, in every workspace: the sweeper's question, twice a second
CREATE INDEX "webhook_delivery_due_idx" ON "webhook_delivery"("due_at") WHERE "status" = 'pending';

ALTER TABLE "webhook" ADD CONSTRAINT "webhook_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_workspace_id_webhook_id_fkey" FOREIGN KEY ("workspace_id", "webhook_id") REFERENCES "webhook"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhook" ADD CONSTRAINT "webhook_status_check" CHECK ("status" IN ('ACTIVE', 'DISABLED'));
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_status_check" CHECK ("status" IN ('pending', 'delivered', 'failed'));

-- An event that a webhook may want is noted in the transaction of its change, so that none is lost whatever order they commit in.
CREATE FUNCTION note_webhook_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_pending (event_id, workspace_id)
  SELECT NEW.id, NEW.workspace_id WHERE EXISTS (SELECT 1 FROM webhook WHERE workspace_id = NEW.workspace_id AND status = 'ACTIVE');
  RETURN NULL;
END $$;
CREATE TRIGGER note_webhook_event AFTER INSERT ON "outbox_event" FOR EACH ROW
  WHEN (NEW.type IN ('slipway.model.create', 'slipway.model.update', 'slipway.version.create', 'slipway.version.update', 'slipway.alias.set', 'slipway.alias.delete'))
  EXECUTE FUNCTION note_webhook_event();
