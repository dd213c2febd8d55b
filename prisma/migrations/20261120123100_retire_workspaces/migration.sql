-- A deleted workspace leaves its record: policies and audit events are never removed.
ALTER TABLE "workspace" ADD COLUMN "deleted_at" TIMESTAMPTZ(3);
