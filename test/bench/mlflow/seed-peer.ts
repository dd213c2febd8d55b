import { Client } from "pg";

export type Size = { runs: number; metrics: number; params: number; tags: number };

/** Runs statements one after another on a connection of their own. */
export const execute = async (url: string, ...statements: string[]): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
};

const runId = "md5('run-' || r)";

/** Fills MLflow's own tables of an experiment with runs, as its log calls would have left them: names and values are spread as those that `seedRuns` gives Slipway. */
export const seedPeerRuns = (url: string, experimentId: string, { runs, metrics, params, tags }: Size): Promise<void> =>
  execute(
    url,
    `INSERT INTO runs (run_uuid, name, user_id, status, source_type, source_name, entry_point_name, source_version, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id)
     SELECT ${runId}, 'run-' || r, 'bench', 'FINISHED', 'LOCAL', '', '', '', 1760000000000 + r * 1000, 1760000000000 + r * 1000 + 500, 'active', 'mlflow-artifacts:/${experimentId}/' || ${runId} || '/artifacts', ${experimentId}
     FROM generate_series(1, ${runs}::bigint) r`,
    `INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT ${runId}, 'm' || lpad(k::text, 2, '0'), abs(hashint8(r * 64 + k)::bigint) / 2147483648.0::float8, 1760000000000 + r, 0, false FROM generate_series(1, ${runs}::bigint) r, generate_series(0, ${metrics - 1}) k`,
    `INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT m.run_uuid, m.key, m.value, m.timestamp, m.step, m.is_nan FROM metrics m JOIN runs r USING (run_uuid) WHERE r.experiment_id = ${experimentId}`,
    `INSERT INTO params (run_uuid, key, value) SELECT ${runId}, 'p' || lpad(k::text, 2, '0'), CASE WHEN k = ${params - 1} THEN 'rare-' || r / 17 ELSE 'v' || abs(hashint8(r * 64 + k)::bigint) % 10 END FROM generate_series(1, ${runs}::bigint) r, generate_series(0, ${params - 1}) k`,
    `INSERT INTO tags (run_uuid, key, value) SELECT ${runId}, 't' || k, 'label ' || abs(hashint8(r * 64 + k + 40)::bigint) % 3 FROM generate_series(1, ${runs}::bigint) r, generate_series(0, ${tags - 1}) k`,
  );

/** One run with one metric of that many points. */
export const seedPeerHistory = (url: string, id: string, points: number): Promise<void> =>
  execute(
    url,
    `INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) SELECT '${id}', 'long', sin(n / 1000.0), 1760000000000 + n, n, false FROM generate_series(1, ${points}) n`,
    `INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan) VALUES ('${id}', 'long', 0, 1760000000000 + ${points}, ${points}, false)`,
  );

/** Registered models with three tags each, one in 200 of which carry the three that are searched for. */
export const seedPeerModels = (url: string, models: number): Promise<void> =>
  execute(
    url,
    `INSERT INTO registered_models (name, creation_time, last_updated_time, description) SELECT 'model-' || lpad(n::text, 5, '0'), 1760000000000 + n, 1760000000000 + n, '' FROM generate_series(1, ${models}) n`,
    `INSERT INTO registered_model_tags (name, key, value) SELECT 'model-' || lpad(n::text, 5, '0'), t.key, t.prefix || (n % t.count)
     FROM generate_series(1, ${models}) n, (VALUES ('team', 'team', 8), ('tier', 'tier', 25), ('region', 'region', 5)) t(key, prefix, count)`,
  );

/** Versions of those models, the last of each under an alias. */
export const seedPeerVersions = (url: string, perModel: number): Promise<void> =>
  execute(
    url,
    `INSERT INTO model_versions (name, version, creation_time, last_updated_time, user_id, current_stage, source, run_id, status, description)
     SELECT name, k, creation_time, creation_time, 'bench', 'None', 'models:/m-' || md5(name || k), md5(name || k), 'READY', '' FROM registered_models, generate_series(1, ${perModel}) k WHERE name LIKE 'model-%'`,
    `INSERT INTO registered_model_aliases (name, alias, version) SELECT name, 'champion', ${perModel} FROM registered_models WHERE name LIKE 'model-%'`,
  );

export const analyze = (url: string): Promise<void> => execute(url, "VACUUM ANALYZE");
