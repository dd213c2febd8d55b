-- The inference log: written by the gateways in batches, read by batch, dropped by whole days.
CREATE SCHEMA "inference";

CREATE TABLE "inference"."batch" (
  "id" UUID PRIMARY KEY,
  "gateway_id" TEXT NOT NULL,
  "process" INT NOT NULL,
  "number" BIGINT NOT NULL,
  "rows" INT NOT NULL,
  "dropped" INT NOT NULL,
  "bodies_dropped" INT NOT NULL DEFAULT 0,
  "schema_version" INT NOT NULL,
  "first_at" TIMESTAMPTZ(3),
  "last_at" TIMESTAMPTZ(3),
  "written_at" TIMESTAMPTZ(3) NOT NULL,
  "consumed_at" TIMESTAMPTZ(3),
  UNIQUE ("gateway_id", "process", "number")
);
CREATE INDEX "batch_unconsumed_idx" ON "inference"."batch" ("written_at") WHERE "consumed_at" IS NULL;

CREATE TABLE "inference"."call" (
  "at" TIMESTAMPTZ(3) NOT NULL,
  "prediction_id" UUID NOT NULL,
  "arm" TEXT NOT NULL,
  "workspace_id" UUID NOT NULL,
  "endpoint_id" UUID NOT NULL,
  "version_id" UUID,
  "route_number" INT NOT NULL,
  "batch_id" UUID NOT NULL,
  "request_id" TEXT,
  "unit" BIGINT NOT NULL,
  "status" INT NOT NULL,
  "error" TEXT,
  "latency_us" INT NOT NULL,
  "upstream_us" INT,
  "request_bytes" INT NOT NULL,
  "response_bytes" INT NOT NULL,
  "has_body" BOOLEAN NOT NULL,
  PRIMARY KEY ("prediction_id", "at", "arm")
) PARTITION BY RANGE ("at");
CREATE INDEX "call_batch_idx" ON "inference"."call" ("batch_id");
CREATE INDEX "call_endpoint_idx" ON "inference"."call" ("endpoint_id", "at");

CREATE TABLE "inference"."body" (
  "at" TIMESTAMPTZ(3) NOT NULL,
  "prediction_id" UUID NOT NULL,
  "arm" TEXT NOT NULL,
  "batch_id" UUID NOT NULL,
  "request" BYTEA,
  "response" BYTEA,
  "is_truncated" BOOLEAN NOT NULL,
  "is_redacted" BOOLEAN NOT NULL,
  PRIMARY KEY ("prediction_id", "at", "arm")
) PARTITION BY RANGE ("at");
ALTER TABLE "inference"."body" ALTER COLUMN "request" SET STORAGE EXTERNAL, ALTER COLUMN "response" SET STORAGE EXTERNAL;
CREATE INDEX "body_batch_idx" ON "inference"."body" ("batch_id");

-- Makes the daily partitions of the three partitioned tables for [first, last]; safe to run again.
CREATE FUNCTION "inference"."ensure_partitions"(first_day DATE, last_day DATE) RETURNS INT LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE day DATE; made INT := 0; parent TEXT[]; part TEXT;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('slipway.partitions'));
  FOREACH parent SLICE 1 IN ARRAY ARRAY[['inference', 'call'], ['inference', 'body'], ['public', 'prediction_outcome']] LOOP
    FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
      part := parent[2] || '_' || to_char(day, 'YYYYMMDD');
      IF to_regclass(format('%I.%I', parent[1], part)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)', parent[1], part, parent[1], parent[2],
          to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- Drops one day of one partitioned table; returns the rows that it held.
CREATE FUNCTION "inference"."drop_partition"(table_name TEXT, day DATE) RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE part TEXT; held BIGINT;
BEGIN
  IF table_name NOT IN ('inference.call', 'inference.body', 'public.prediction_outcome') THEN
    RAISE EXCEPTION 'not a partitioned log table: %', table_name;
  END IF;
  part := table_name || '_' || to_char(day, 'YYYYMMDD');
  IF to_regclass(part) IS NULL THEN RETURN 0; END IF;
  EXECUTE format('SELECT count(*) FROM %s', part) INTO held;
  EXECUTE format('DROP TABLE %s', part);
  RETURN held;
END $$;

SELECT "inference"."ensure_partitions"((current_date - 1), (current_date + 7));
