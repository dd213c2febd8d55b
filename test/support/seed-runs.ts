import type { Tx } from "@/lib/platform/db";

export type SeedRuns = {
  workspaceId: string;
  /** Number of an experiment that exists. */
  experiment: number;
  runs: number;
  metrics?: number;
  params?: number;
  tags?: number;
  /** Points of history for each metric; the newest one alone by default. */
  points?: number;
};

const chunk = 5_000;

/**
 * Fills an experiment with finished runs, straight in SQL (about 20,000 rows of metrics and params a second):
 * metrics `m00`, `m01`, … spread over 0 to 1; params `p00`, … with ten values `v0` to `v9`, but the last one with a value for each
 * seventeen runs (`rare-0`, …); tags `t0`, … with three values. The same call makes the same values.
 */
export const seedRuns = async (db: Tx, { workspaceId, experiment, runs, metrics = 20, params = 20, tags = 5, points = 1 }: SeedRuns): Promise<void> => {
  const keys = Array.from({ length: metrics }, (_, index) => `m${String(index).padStart(2, "0")}`);
  await db.$executeRaw`INSERT INTO metric_key (workspace_id, key) SELECT ${workspaceId}::uuid, k FROM unnest(${keys}::text[]) k ON CONFLICT DO NOTHING`;
  for (let from = 0; from < runs; from += chunk) {
    const made = await db.$queryRaw<{ first: bigint; last: bigint }[]>`
      WITH made AS (
        INSERT INTO run (workspace_id, run_id, experiment_number, name, user_name, status, start_time, end_time, artifact_uri, created_at)
        SELECT ${workspaceId}::uuid, id, ${experiment}::int, 'seeded-' || n, 'ada', CASE WHEN n % 20 = 0 THEN 'FAILED' ELSE 'FINISHED' END,
          1790000000000 + n * 1000, 1790000000000 + n * 1000 + 500, 'mlflow-artifacts:/' || ${experiment}::int || '/' || id || '/artifacts', to_timestamp(1790000000 + n)
        FROM (SELECT n, md5(${workspaceId} || '/' || ${experiment}::int || '/' || n) AS id FROM generate_series(${from}::bigint, ${Math.min(from + chunk, runs) - 1}::bigint) n) numbered
        ORDER BY n RETURNING seq
      ) SELECT min(seq) AS first, max(seq) AS last FROM made`;
    const [{ first, last } = { first: 0n, last: -1n }] = made;
    const numbered = { first, last, offset: BigInt(from) - first };
    await seedMetrics(db, { workspaceId, experiment, metrics, points }, numbered);
    await db.$executeRaw`
      INSERT INTO run_param (run_seq, key, value)
      SELECT s, 'p' || lpad(i::text, 2, '0'), CASE WHEN i = ${params}::int - 1 THEN 'rare-' || (s + ${numbered.offset}::bigint) / 17 ELSE 'v' || abs(hashint8(s * 64 + i)::bigint) % 10 END
      FROM generate_series(${first}::bigint, ${last}::bigint) s, generate_series(0, ${params}::int - 1) i`;
    await db.$executeRaw`
      INSERT INTO run_tag (run_seq, key, value) SELECT s, 't' || i, 'label ' || abs(hashint8(s * 64 + i + 40)::bigint) % 3
      FROM generate_series(${first}::bigint, ${last}::bigint) s, generate_series(0, ${tags}::int - 1) i`;
  }
};

const seedMetrics = async (db: Tx, { workspaceId, experiment, metrics, points }: Required<Pick<SeedRuns, "workspaceId" | "experiment" | "metrics" | "points">>, { first, last }: { first: bigint; last: bigint }): Promise<void> => {
  await db.$executeRaw`
    WITH value AS (
      SELECT s AS run_seq, k.id AS key_id, p AS step, 1790000000000 + p AS ts, abs(hashint8(s * 64 + i + p * 7919)::bigint) / 2147483648.0::float8 AS value
      FROM generate_series(${first}::bigint, ${last}::bigint) s, generate_series(0, ${metrics}::int - 1) i
        JOIN metric_key k ON k.workspace_id = ${workspaceId}::uuid AND k.key = 'm' || lpad(i::text, 2, '0'), generate_series(0, ${points}::bigint - 1) p
    ), history AS (INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT run_seq, key_id, step, ts, value FROM value)
    INSERT INTO metric_latest (run_seq, key_id, experiment_number, value, step, ts) SELECT run_seq, key_id, ${experiment}::int, value, step, ts FROM value WHERE step = ${points}::bigint - 1`;
};
