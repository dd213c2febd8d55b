-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "blob" (
    "workspace_id" UUID NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("workspace_id","sha256")
);

-- CreateTable
CREATE TABLE "artifact" (
    "workspace_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("workspace_id","path")
);

-- CreateTable
CREATE TABLE "manifest" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "file_count" INTEGER NOT NULL,
    "total_size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "manifest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_entry" (
    "workspace_id" UUID NOT NULL,
    "manifest_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,

    CONSTRAINT "manifest_entry_pkey" PRIMARY KEY ("manifest_id","path")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "target_name" TEXT NOT NULL,
    "request_id" TEXT,
    "canonical" TEXT NOT NULL,
    "leaf_hash" BYTEA NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_personal_value" (
    "event_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "field" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "audit_personal_value_pkey" PRIMARY KEY ("event_id","field")
);

-- CreateTable
CREATE TABLE "audit_pending" (
    "event_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,

    CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "audit_sequence" (
    "workspace_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,
    "leaf_hash" BYTEA NOT NULL,
    "sequenced_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_sequence_pkey" PRIMARY KEY ("workspace_id","seq")
);

-- CreateTable
CREATE TABLE "outbox_event" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "schema_version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "promotion_request" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "version_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "comment" TEXT,
    "manifest_digest" CHAR(64) NOT NULL,
    "evidence_digest" CHAR(64) NOT NULL,
    "requested_by" UUID NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "closed_reason" TEXT,
    "lock_version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "promotion_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "review" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "reviewer_id" UUID NOT NULL,
    "decision" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "manifest_digest" CHAR(64) NOT NULL,
    "evidence_digest" CHAR(64) NOT NULL,
    "auth_time" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspace_counter" (
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "workspace_counter_pkey" PRIMARY KEY ("workspace_id","name")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "auth_time" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "user_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "roles" TEXT[],
    "groups" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("workspace_id","user_id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "roles" TEXT[],
    "groups" TEXT[],
    "token_hash" BYTEA NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" UUID,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "display_prefix" TEXT NOT NULL,
    "scopes" TEXT[],
    "endpoint_ids" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_failure" (
    "id" UUID NOT NULL,
    "email_hash" BYTEA NOT NULL,
    "ip" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_failure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "workspace_id" UUID NOT NULL,
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("workspace_id","principal","key")
);

-- CreateTable
CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "reference" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "spec" JSONB NOT NULL,
    "counts" JSONB NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "superseded_at" TIMESTAMPTZ(3),

    CONSTRAINT "reference_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consumed_batch" (
    "batch_id" UUID NOT NULL,
    "rows" INTEGER NOT NULL,
    "consumed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consumed_batch_pkey" PRIMARY KEY ("batch_id")
);

-- CreateTable
CREATE TABLE "window_profile" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "arm" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "grain_seconds" INTEGER NOT NULL,
    "reference_id" UUID,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "requests" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,
    "profiled" INTEGER NOT NULL,
    "labelled" INTEGER NOT NULL DEFAULT 0,
    "latency" JSONB NOT NULL,
    "counts" JSONB NOT NULL,
    "performance" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "window_profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "window_profile_batch" (
    "profile_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "batch_id" UUID NOT NULL,

    CONSTRAINT "window_profile_batch_pkey" PRIMARY KEY ("profile_id","batch_id")
);

-- CreateTable
CREATE TABLE "arm_stats" (
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "route_number" INTEGER NOT NULL,
    "arm" TEXT NOT NULL,
    "version_id" UUID NOT NULL,
    "requests" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "labelled" INTEGER NOT NULL,
    "loss_sum" DOUBLE PRECISION NOT NULL,
    "loss_sum_squares" DOUBLE PRECISION NOT NULL,
    "latency" JSONB NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "arm_stats_pkey" PRIMARY KEY ("endpoint_id","route_number","arm")
);

-- CreateTable
CREATE TABLE "pair_stats" (
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "route_number" INTEGER NOT NULL,
    "pairs" INTEGER NOT NULL,
    "agreed" INTEGER NOT NULL,
    "labelled_pairs" INTEGER NOT NULL,
    "loss_diff_sum" DOUBLE PRECISION NOT NULL,
    "loss_diff_sum_squares" DOUBLE PRECISION NOT NULL,
    "only_stable_right" INTEGER NOT NULL,
    "only_shadow_right" INTEGER NOT NULL,

    CONSTRAINT "pair_stats_pkey" PRIMARY KEY ("endpoint_id","route_number")
);

-- CreateTable
CREATE TABLE "exposure" (
    "endpoint_id" UUID NOT NULL,
    "route_number" INTEGER NOT NULL,
    "unit" BIGINT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "arm" TEXT NOT NULL,

    CONSTRAINT "exposure_pkey" PRIMARY KEY ("endpoint_id","route_number","unit")
);

-- CreateTable
CREATE TABLE "label" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "prediction_id" UUID,
    "request_id" TEXT,
    "value" TEXT NOT NULL,
    "labelled_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "state" TEXT NOT NULL,

    CONSTRAINT "label_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "monitor" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "window_seconds" INTEGER NOT NULL,
    "min_rows" INTEGER NOT NULL,
    "violations_to_open" INTEGER NOT NULL,
    "windows_looked_at" INTEGER NOT NULL,
    "severity" TEXT NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_evaluation_at" TIMESTAMPTZ(3) NOT NULL,
    "evaluated_to" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "monitor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "monitor_result" (
    "monitor_id" UUID NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "workspace_id" UUID NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "version_id" UUID,
    "reference_id" UUID,
    "revision" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "value" DOUBLE PRECISION,
    "lower" DOUBLE PRECISION,
    "upper" DOUBLE PRECISION,
    "rows" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "monitor_result_pkey" PRIMARY KEY ("monitor_id","window_start")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "monitor_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "version_id" UUID,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" UUID,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" TEXT,
    "resolved_by_action" TEXT,
    "muted_until" TIMESTAMPTZ(3),
    "lock_version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_event" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "incident_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registered_model" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "next_version_number" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "registered_model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registered_model_tag" (
    "workspace_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "registered_model_tag_pkey" PRIMARY KEY ("model_id","key")
);

-- CreateTable
CREATE TABLE "model_version" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "status_reason" TEXT,
    "source" TEXT NOT NULL,
    "run_id" CHAR(32),
    "logged_model_id" TEXT,
    "description" TEXT,
    "stage" TEXT NOT NULL DEFAULT 'None',
    "manifest_id" UUID,
    "manifest_digest" CHAR(64),
    "format" TEXT,
    "signature" JSONB,
    "declared" JSONB,
    "created_by" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_version_tag" (
    "workspace_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "model_version_tag_pkey" PRIMARY KEY ("version_id","key")
);

-- CreateTable
CREATE TABLE "model_alias" (
    "workspace_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "alias" TEXT NOT NULL,
    "version_id" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_alias_pkey" PRIMARY KEY ("model_id","alias")
);

-- CreateTable
CREATE TABLE "inspection" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "inspector" TEXT NOT NULL,
    "inspector_version" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "verdict" TEXT,
    "findings" JSONB NOT NULL,
    "summary" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "inspection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "strategy" TEXT NOT NULL,
    "from_version_id" UUID,
    "to_version_id" UUID NOT NULL,
    "request_id" UUID,
    "plan" JSONB NOT NULL,
    "phase" TEXT NOT NULL,
    "reason" TEXT,
    "step_index" INTEGER NOT NULL DEFAULT 0,
    "phase_since" TIMESTAMPTZ(3) NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "held_phase" TEXT,
    "route_revision" BIGINT,
    "route_number" INTEGER,
    "abort_requested_at" TIMESTAMPTZ(3),
    "abort_mode" TEXT,
    "abort_reason" TEXT,
    "lease_owner" TEXT,
    "lease_epoch" BIGINT NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(3),
    "next_tick_at" TIMESTAMPTZ(3),
    "seq" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout_step" (
    "workspace_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "weight_bp" INTEGER NOT NULL,
    "mirror_bp" INTEGER NOT NULL,
    "first_route_number" INTEGER,
    "started_at" TIMESTAMPTZ(3),
    "baking_since" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "verdict" JSONB,

    CONSTRAINT "rollout_step_pkey" PRIMARY KEY ("rollout_id","attempt","index")
);

-- CreateTable
CREATE TABLE "rollout_verdict" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "step_index" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "overall" TEXT NOT NULL,
    "document" JSONB NOT NULL,

    CONSTRAINT "rollout_verdict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "environment" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "is_production" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "environment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runtime" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "runtime_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runtime_model" (
    "workspace_id" UUID NOT NULL,
    "runtime_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "is_wanted" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "probed_at" TIMESTAMPTZ(3),
    "ready_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "runtime_model_pkey" PRIMARY KEY ("runtime_id","version_id")
);

-- CreateTable
CREATE TABLE "endpoint" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "runtime_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "champion_alias" TEXT,
    "stable_version_id" UUID,
    "previous_version_id" UUID,
    "warm_until" TIMESTAMPTZ(3),
    "route_number" INTEGER NOT NULL DEFAULT 0,
    "is_anonymous" BOOLEAN NOT NULL DEFAULT false,
    "timeout_ms" INTEGER NOT NULL DEFAULT 10000,
    "profile_grain_seconds" INTEGER NOT NULL DEFAULT 60,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deployment" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "rollout_id" UUID,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3),

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "route_revision" (
    "revision" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "stable_version_id" UUID,
    "candidate_version_id" UUID,
    "candidate_weight_bp" INTEGER NOT NULL DEFAULT 0,
    "mirror_version_id" UUID,
    "mirror_bp" INTEGER NOT NULL DEFAULT 0,
    "salt" TEXT NOT NULL,
    "rollout_id" UUID,
    "step_index" INTEGER,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "route_revision_pkey" PRIMARY KEY ("revision")
);

-- CreateTable
CREATE TABLE "gateway_process" (
    "gateway_id" UUID NOT NULL,
    "process" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_revision" BIGINT NOT NULL,

    CONSTRAINT "gateway_process_pkey" PRIMARY KEY ("gateway_id","process")
);

-- CreateTable
CREATE TABLE "experiment" (
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "artifact_location" TEXT NOT NULL,
    "lifecycle_stage" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "experiment_pkey" PRIMARY KEY ("workspace_id","number")
);

-- CreateTable
CREATE TABLE "experiment_tag" (
    "workspace_id" UUID NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "experiment_tag_pkey" PRIMARY KEY ("workspace_id","experiment_number","key")
);

-- CreateTable
CREATE TABLE "run" (
    "seq" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "run_id" CHAR(32) NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "lifecycle_stage" TEXT NOT NULL DEFAULT 'active',
    "start_time" BIGINT,
    "end_time" BIGINT,
    "artifact_uri" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "metric_key" (
    "id" SERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "metric_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metric_point" (
    "run_seq" BIGINT NOT NULL,
    "key_id" INTEGER NOT NULL,
    "step" BIGINT NOT NULL,
    "ts" BIGINT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "model_id" TEXT
);

-- CreateTable
CREATE TABLE "metric_latest" (
    "run_seq" BIGINT NOT NULL,
    "key_id" INTEGER NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "step" BIGINT NOT NULL,
    "ts" BIGINT NOT NULL,

    CONSTRAINT "metric_latest_pkey" PRIMARY KEY ("run_seq","key_id")
);

-- CreateTable
CREATE TABLE "run_param" (
    "run_seq" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "run_param_pkey" PRIMARY KEY ("run_seq","key")
);

-- CreateTable
CREATE TABLE "run_tag" (
    "run_seq" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "run_tag_pkey" PRIMARY KEY ("run_seq","key")
);

-- CreateTable
CREATE TABLE "dataset" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "source_type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "schema" TEXT,
    "profile" TEXT,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_input" (
    "workspace_id" UUID NOT NULL,
    "run_seq" BIGINT NOT NULL,
    "dataset_id" UUID NOT NULL,
    "tags" JSONB NOT NULL,

    CONSTRAINT "run_input_pkey" PRIMARY KEY ("run_seq","dataset_id")
);

-- CreateTable
CREATE TABLE "logged_model" (
    "workspace_id" UUID NOT NULL,
    "model_id" TEXT NOT NULL,
    "experiment_number" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "status_message" TEXT,
    "model_type" TEXT NOT NULL,
    "source_run_id" CHAR(32),
    "artifact_uri" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "logged_model_pkey" PRIMARY KEY ("workspace_id","model_id")
);

-- CreateTable
CREATE TABLE "logged_model_tag" (
    "workspace_id" UUID NOT NULL,
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "logged_model_tag_pkey" PRIMARY KEY ("workspace_id","model_id","key")
);

-- CreateTable
CREATE TABLE "logged_model_param" (
    "workspace_id" UUID NOT NULL,
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "logged_model_param_pkey" PRIMARY KEY ("workspace_id","model_id","key")
);

-- CreateTable
CREATE TABLE "logged_model_metric" (
    "workspace_id" UUID NOT NULL,
    "model_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "run_id" CHAR(32) NOT NULL,
    "step" BIGINT NOT NULL,
    "ts" BIGINT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "dataset_name" TEXT NOT NULL DEFAULT '',
    "dataset_digest" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "logged_model_metric_pkey" PRIMARY KEY ("workspace_id","model_id","key","run_id","dataset_name","dataset_digest","step","ts")
);

-- CreateTable
CREATE TABLE "run_output" (
    "workspace_id" UUID NOT NULL,
    "run_seq" BIGINT NOT NULL,
    "model_id" TEXT NOT NULL,
    "step" BIGINT NOT NULL,

    CONSTRAINT "run_output_pkey" PRIMARY KEY ("run_seq","model_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "manifest_workspace_id_digest_key" ON "manifest"("workspace_id", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "manifest_workspace_id_id_key" ON "manifest"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "audit_event_workspace_id_occurred_at_idx" ON "audit_event"("workspace_id", "occurred_at");

-- CreateIndex
CREATE INDEX "audit_event_workspace_id_action_occurred_at_idx" ON "audit_event"("workspace_id", "action", "occurred_at");

-- CreateIndex
CREATE INDEX "audit_event_workspace_id_target_type_target_id_occurred_at_idx" ON "audit_event"("workspace_id", "target_type", "target_id", "occurred_at");

-- CreateIndex
CREATE INDEX "audit_event_workspace_id_actor_id_occurred_at_idx" ON "audit_event"("workspace_id", "actor_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "audit_sequence_event_id_key" ON "audit_sequence"("event_id");

-- CreateIndex
CREATE INDEX "outbox_event_workspace_id_time_idx" ON "outbox_event"("workspace_id", "time");

-- CreateIndex
CREATE UNIQUE INDEX "policy_environment_id_revision_key" ON "policy"("environment_id", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "policy_workspace_id_id_key" ON "policy"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "evidence_version_id_kind_created_at_idx" ON "evidence"("version_id", "kind", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "evidence_workspace_id_id_key" ON "evidence"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "promotion_request_workspace_id_status_requested_at_idx" ON "promotion_request"("workspace_id", "status", "requested_at");

-- CreateIndex
CREATE INDEX "promotion_request_version_id_environment_id_idx" ON "promotion_request"("version_id", "environment_id");

-- CreateIndex
CREATE UNIQUE INDEX "promotion_request_workspace_id_number_key" ON "promotion_request"("workspace_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "promotion_request_workspace_id_id_key" ON "promotion_request"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "review_request_id_reviewer_id_key" ON "review"("request_id", "reviewer_id");

-- CreateIndex
CREATE UNIQUE INDEX "workspace_name_key" ON "workspace"("name");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "user_session_user_id_idx" ON "user_session"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_workspace_id_id_key" ON "invitation"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "api_token_workspace_id_created_at_idx" ON "api_token"("workspace_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_workspace_id_id_key" ON "api_token"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "sign_in_failure_email_hash_at_idx" ON "sign_in_failure"("email_hash", "at");

-- CreateIndex
CREATE INDEX "sign_in_failure_ip_at_idx" ON "sign_in_failure"("ip", "at");

-- CreateIndex
CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key"("expires_at");

-- CreateIndex
CREATE INDEX "reference_version_id_created_at_idx" ON "reference"("version_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "reference_workspace_id_id_key" ON "reference"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "window_profile_endpoint_id_window_start_idx" ON "window_profile"("endpoint_id", "window_start");

-- CreateIndex
CREATE UNIQUE INDEX "window_profile_endpoint_id_version_id_arm_window_start_grai_key" ON "window_profile"("endpoint_id", "version_id", "arm", "window_start", "grain_seconds");

-- CreateIndex
CREATE UNIQUE INDEX "window_profile_workspace_id_id_key" ON "window_profile"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "label_prediction_id_revision_idx" ON "label"("prediction_id", "revision");

-- CreateIndex
CREATE INDEX "label_state_received_at_idx" ON "label"("state", "received_at");

-- CreateIndex
CREATE UNIQUE INDEX "label_workspace_id_id_key" ON "label"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "monitor_next_evaluation_at_idx" ON "monitor"("next_evaluation_at");

-- CreateIndex
CREATE UNIQUE INDEX "monitor_workspace_id_id_key" ON "monitor"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "monitor_endpoint_id_name_key" ON "monitor"("endpoint_id", "name");

-- CreateIndex
CREATE INDEX "incident_workspace_id_status_opened_at_idx" ON "incident"("workspace_id", "status", "opened_at");

-- CreateIndex
CREATE UNIQUE INDEX "incident_workspace_id_number_key" ON "incident"("workspace_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "incident_workspace_id_id_key" ON "incident"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "incident_event_incident_id_at_idx" ON "incident_event"("incident_id", "at");

-- CreateIndex
CREATE INDEX "registered_model_workspace_id_updated_at_id_idx" ON "registered_model"("workspace_id", "updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "registered_model_workspace_id_name_key" ON "registered_model"("workspace_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "registered_model_workspace_id_id_key" ON "registered_model"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "model_version_workspace_id_created_at_id_idx" ON "model_version"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "model_version_workspace_id_status_created_at_id_idx" ON "model_version"("workspace_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "model_version_workspace_id_run_id_idx" ON "model_version"("workspace_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_model_id_number_key" ON "model_version"("model_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_workspace_id_id_key" ON "model_version"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "model_alias_version_id_idx" ON "model_alias"("version_id");

-- CreateIndex
CREATE INDEX "inspection_version_id_idx" ON "inspection"("version_id");

-- CreateIndex
CREATE INDEX "inspection_status_due_at_idx" ON "inspection"("status", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "inspection_workspace_id_id_key" ON "inspection"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "rollout_workspace_id_created_at_id_idx" ON "rollout"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "rollout_endpoint_id_created_at_idx" ON "rollout"("endpoint_id", "created_at");

-- CreateIndex
CREATE INDEX "rollout_next_tick_at_idx" ON "rollout"("next_tick_at");

-- CreateIndex
CREATE UNIQUE INDEX "rollout_workspace_id_id_key" ON "rollout"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "rollout_verdict_rollout_id_at_idx" ON "rollout_verdict"("rollout_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "environment_workspace_id_name_key" ON "environment"("workspace_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "environment_workspace_id_id_key" ON "environment"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "runtime_workspace_id_name_key" ON "runtime"("workspace_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "runtime_workspace_id_id_key" ON "runtime"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "endpoint_workspace_id_id_key" ON "endpoint"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "deployment_endpoint_id_from_at_idx" ON "deployment"("endpoint_id", "from_at");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_workspace_id_id_key" ON "deployment"("workspace_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "route_revision_endpoint_id_number_key" ON "route_revision"("endpoint_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "experiment_workspace_id_name_key" ON "experiment"("workspace_id", "name");

-- CreateIndex
CREATE INDEX "run_workspace_id_experiment_number_start_time_run_id_idx" ON "run"("workspace_id", "experiment_number", "start_time" DESC, "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "run_workspace_id_run_id_key" ON "run"("workspace_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "run_workspace_id_seq_key" ON "run"("workspace_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "metric_key_workspace_id_key_key" ON "metric_key"("workspace_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "metric_point_run_seq_key_id_step_ts_value_key" ON "metric_point"("run_seq", "key_id", "step", "ts", "value");

-- CreateIndex
CREATE INDEX "metric_latest_key_id_value_run_seq_idx" ON "metric_latest"("key_id", "value", "run_seq");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_workspace_id_experiment_number_name_digest_key" ON "dataset"("workspace_id", "experiment_number", "name", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_workspace_id_id_key" ON "dataset"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "logged_model_workspace_id_experiment_number_created_at_idx" ON "logged_model"("workspace_id", "experiment_number", "created_at");

-- AddForeignKey
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_workspace_id_sha256_fkey" FOREIGN KEY ("workspace_id", "sha256") REFERENCES "blob"("workspace_id", "sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_entry" ADD CONSTRAINT "manifest_entry_workspace_id_manifest_id_fkey" FOREIGN KEY ("workspace_id", "manifest_id") REFERENCES "manifest"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_entry" ADD CONSTRAINT "manifest_entry_workspace_id_sha256_fkey" FOREIGN KEY ("workspace_id", "sha256") REFERENCES "blob"("workspace_id", "sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_sequence" ADD CONSTRAINT "audit_sequence_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy" ADD CONSTRAINT "policy_workspace_id_environment_id_fkey" FOREIGN KEY ("workspace_id", "environment_id") REFERENCES "environment"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promotion_request" ADD CONSTRAINT "promotion_request_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promotion_request" ADD CONSTRAINT "promotion_request_workspace_id_environment_id_fkey" FOREIGN KEY ("workspace_id", "environment_id") REFERENCES "environment"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promotion_request" ADD CONSTRAINT "promotion_request_workspace_id_policy_id_fkey" FOREIGN KEY ("workspace_id", "policy_id") REFERENCES "policy"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review" ADD CONSTRAINT "review_workspace_id_request_id_fkey" FOREIGN KEY ("workspace_id", "request_id") REFERENCES "promotion_request"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_session" ADD CONSTRAINT "user_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "monitor" ADD CONSTRAINT "monitor_workspace_id_endpoint_id_fkey" FOREIGN KEY ("workspace_id", "endpoint_id") REFERENCES "endpoint"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "monitor_result" ADD CONSTRAINT "monitor_result_workspace_id_monitor_id_fkey" FOREIGN KEY ("workspace_id", "monitor_id") REFERENCES "monitor"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_event" ADD CONSTRAINT "incident_event_workspace_id_incident_id_fkey" FOREIGN KEY ("workspace_id", "incident_id") REFERENCES "incident"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registered_model" ADD CONSTRAINT "registered_model_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registered_model_tag" ADD CONSTRAINT "registered_model_tag_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "registered_model"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "registered_model"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_workspace_id_manifest_id_fkey" FOREIGN KEY ("workspace_id", "manifest_id") REFERENCES "manifest"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version_tag" ADD CONSTRAINT "model_version_tag_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "registered_model"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inspection" ADD CONSTRAINT "inspection_workspace_id_version_id_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_workspace_id_endpoint_id_fkey" FOREIGN KEY ("workspace_id", "endpoint_id") REFERENCES "endpoint"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_step" ADD CONSTRAINT "rollout_step_workspace_id_rollout_id_fkey" FOREIGN KEY ("workspace_id", "rollout_id") REFERENCES "rollout"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_verdict" ADD CONSTRAINT "rollout_verdict_workspace_id_rollout_id_fkey" FOREIGN KEY ("workspace_id", "rollout_id") REFERENCES "rollout"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environment" ADD CONSTRAINT "environment_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runtime_model" ADD CONSTRAINT "runtime_model_workspace_id_runtime_id_fkey" FOREIGN KEY ("workspace_id", "runtime_id") REFERENCES "runtime"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_workspace_id_environment_id_fkey" FOREIGN KEY ("workspace_id", "environment_id") REFERENCES "environment"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_workspace_id_runtime_id_fkey" FOREIGN KEY ("workspace_id", "runtime_id") REFERENCES "runtime"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "registered_model"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_workspace_id_endpoint_id_fkey" FOREIGN KEY ("workspace_id", "endpoint_id") REFERENCES "endpoint"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "route_revision" ADD CONSTRAINT "route_revision_workspace_id_endpoint_id_fkey" FOREIGN KEY ("workspace_id", "endpoint_id") REFERENCES "endpoint"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment" ADD CONSTRAINT "experiment_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment_tag" ADD CONSTRAINT "experiment_tag_workspace_id_experiment_number_fkey" FOREIGN KEY ("workspace_id", "experiment_number") REFERENCES "experiment"("workspace_id", "number") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_workspace_id_experiment_number_fkey" FOREIGN KEY ("workspace_id", "experiment_number") REFERENCES "experiment"("workspace_id", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric_latest" ADD CONSTRAINT "metric_latest_run_seq_fkey" FOREIGN KEY ("run_seq") REFERENCES "run"("seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_param" ADD CONSTRAINT "run_param_run_seq_fkey" FOREIGN KEY ("run_seq") REFERENCES "run"("seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_tag" ADD CONSTRAINT "run_tag_run_seq_fkey" FOREIGN KEY ("run_seq") REFERENCES "run"("seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_input" ADD CONSTRAINT "run_input_workspace_id_run_seq_fkey" FOREIGN KEY ("workspace_id", "run_seq") REFERENCES "run"("workspace_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_input" ADD CONSTRAINT "run_input_workspace_id_dataset_id_fkey" FOREIGN KEY ("workspace_id", "dataset_id") REFERENCES "dataset"("workspace_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model" ADD CONSTRAINT "logged_model_workspace_id_experiment_number_fkey" FOREIGN KEY ("workspace_id", "experiment_number") REFERENCES "experiment"("workspace_id", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_tag" ADD CONSTRAINT "logged_model_tag_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "logged_model"("workspace_id", "model_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_param" ADD CONSTRAINT "logged_model_param_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "logged_model"("workspace_id", "model_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logged_model_metric" ADD CONSTRAINT "logged_model_metric_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "logged_model"("workspace_id", "model_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_output" ADD CONSTRAINT "run_output_workspace_id_run_seq_fkey" FOREIGN KEY ("workspace_id", "run_seq") REFERENCES "run"("workspace_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_output" ADD CONSTRAINT "run_output_workspace_id_model_id_fkey" FOREIGN KEY ("workspace_id", "model_id") REFERENCES "logged_model"("workspace_id", "model_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the Prisma schema language can't say: references of endpoints to versions, partial uniqueness, append-only tables.

ALTER TABLE "endpoint"
  ADD CONSTRAINT "endpoint_stable_version_fkey" FOREIGN KEY ("workspace_id", "stable_version_id") REFERENCES "model_version" ("workspace_id", "id"),
  ADD CONSTRAINT "endpoint_previous_version_fkey" FOREIGN KEY ("workspace_id", "previous_version_id") REFERENCES "model_version" ("workspace_id", "id");
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_version_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version" ("workspace_id", "id");
ALTER TABLE "rollout"
  ADD CONSTRAINT "rollout_to_version_fkey" FOREIGN KEY ("workspace_id", "to_version_id") REFERENCES "model_version" ("workspace_id", "id"),
  ADD CONSTRAINT "rollout_from_version_fkey" FOREIGN KEY ("workspace_id", "from_version_id") REFERENCES "model_version" ("workspace_id", "id");
ALTER TABLE "reference" ADD CONSTRAINT "reference_version_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version" ("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "runtime_model" ADD CONSTRAINT "runtime_model_version_fkey" FOREIGN KEY ("workspace_id", "version_id") REFERENCES "model_version" ("workspace_id", "id") ON DELETE CASCADE;
ALTER TABLE "incident" ADD CONSTRAINT "incident_monitor_fkey" FOREIGN KEY ("workspace_id", "monitor_id") REFERENCES "monitor" ("workspace_id", "id") ON DELETE CASCADE;

-- At most one endpoint of a name in an environment, one active rollout on an endpoint, one open request for a version and
-- environment, one unresolved incident for a monitor, one pending inspection for a version.
CREATE UNIQUE INDEX "endpoint_live_name_key" ON "endpoint" ("environment_id", "name") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "rollout_active_key" ON "rollout" ("endpoint_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "promotion_request_open_key" ON "promotion_request" ("version_id", "environment_id") WHERE "status" IN ('OPEN', 'APPROVED');
CREATE UNIQUE INDEX "incident_unresolved_key" ON "incident" ("monitor_id") WHERE "status" <> 'resolved';
CREATE UNIQUE INDEX "inspection_pending_key" ON "inspection" ("version_id") WHERE "status" <> 'done';
CREATE UNIQUE INDEX "evidence_current_key" ON "evidence" ("version_id", "kind", "name") WHERE "superseded_at" IS NULL;
CREATE UNIQUE INDEX "reference_current_key" ON "reference" ("version_id") WHERE "superseded_at" IS NULL;

-- Folders of artifacts are ranges of paths, compared byte by byte whatever the collation of the database.
CREATE INDEX "artifact_folder_idx" ON "artifact" ("workspace_id", "path" text_pattern_ops);
-- Filters on a param or tag start from its value.
CREATE INDEX "run_param_key_value_idx" ON "run_param" ("key", left("value", 200), "run_seq");
CREATE INDEX "registered_model_tag_key_value_idx" ON "registered_model_tag" ("workspace_id", "key", left("value", 200), "model_id");

ALTER TABLE "route_revision" ADD CONSTRAINT "route_revision_weights_check" CHECK (
  "candidate_weight_bp" BETWEEN 0 AND 10000 AND "mirror_bp" BETWEEN 0 AND 10000
  AND ("candidate_weight_bp" = 0 OR "candidate_version_id" IS NOT NULL) AND ("mirror_bp" = 0 OR "mirror_version_id" IS NOT NULL));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_event', 'audit_sequence', 'route_revision', 'review', 'policy', 'outbox_event'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;

-- Predictions with what they answered and, later, what was true. One partition a day, dropped as a whole.
CREATE TABLE "prediction_outcome" (
  "at" TIMESTAMPTZ(3) NOT NULL,
  "prediction_id" UUID NOT NULL,
  "arm" TEXT NOT NULL,
  "workspace_id" UUID NOT NULL,
  "endpoint_id" UUID NOT NULL,
  "version_id" UUID NOT NULL,
  "route_number" INT NOT NULL,
  "request_id" TEXT,
  "predicted" TEXT,
  "score" DOUBLE PRECISION,
  "label" TEXT,
  "label_revision" INT,
  "loss" DOUBLE PRECISION,
  PRIMARY KEY ("prediction_id", "at", "arm")
) PARTITION BY RANGE ("at");
CREATE INDEX "prediction_outcome_request_idx" ON "prediction_outcome" ("endpoint_id", "request_id") WHERE "request_id" IS NOT NULL;
CREATE INDEX "prediction_outcome_endpoint_idx" ON "prediction_outcome" ("endpoint_id", "at");
