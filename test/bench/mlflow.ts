import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { openDatabase } from "@/lib/platform/db";
import { findFreePort, startPostgres } from "@/lib/platform/postgres";
import buildEverything from "@/test/support/build-setup";
import { seedRuns } from "@/test/support/seed-runs";
import { startSystem } from "@/test/support/system";

import { transfer } from "./mlflow/artifacts";
import { logModelOnce } from "./mlflow/log-model";
import { startPeer } from "./mlflow/peer";
import { measureHistory, measureModels, measureSearch } from "./mlflow/reads";
import { analyze, execute, seedPeerHistory, seedPeerModels, seedPeerRuns, seedPeerVersions } from "./mlflow/seed-peer";
import { call, openTarget, percentile, send, type Target } from "./mlflow/target";
import { floodBatches, floodPoints } from "./mlflow/writes";
import { rest } from "./rest";

/*
 * Measures the MLflow door beside a real MLflow server (gunicorn, two workers) on the same Postgres, in the same run, both warm.
 * One JSON line a figure: `ratio` is how many times better Slipway is.
 */

const seconds = 8;
const writers = 8;
const size = { runs: 20_000, metrics: 20, params: 20, tags: 5 };
const manyRuns = 100_000;
const historyPoints = 100_000;
const models = 10_000;
const versionsPerModel = 3;
const curvePoints = 1_000_000;
const megabytes = 256;
const peerName = "mlflow 3.17.2, gunicorn, 2 workers";

const round = (value: number): number => Number(value.toPrecision(4));
const print = (name: string, unit: string, value: number, peerValue?: number): void => {
  const isTime = unit === "ms" || unit === "MB";
  const ratio = peerValue === undefined ? undefined : isTime ? peerValue / value : value / peerValue;
  process.stdout.write(`${JSON.stringify({ name, value: round(value), unit, ...(peerValue !== undefined && ratio !== undefined && { peer: peerName, peerValue: round(peerValue), ratio: round(ratio) }) })}\n`);
};
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const createExperiment = async (target: Target, name: string): Promise<string> => (await call<{ experiment_id: string }>(target, "POST", "experiments/create", { name })).experiment_id;
const createRun = async (target: Target, experimentId: string, key: string): Promise<string> => {
  const { run } = await call<{ run: { info: { run_id: string } } }>(target, "POST", "runs/create", { experiment_id: experimentId, start_time: Date.now(), user_id: "bench", run_name: key });
  return run.info.run_id;
};

const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-mlflow-"));
chmodSync(folder, 0o711);
say("building, and starting Postgres, Slipway and MLflow");
buildEverything();
const postgres = await startPostgres({ folder: path.join(folder, "postgres"), port: await findFreePort(), password: "bench", settings: { max_connections: "150" } });
const ours = postgres.url("slipway");
const theirs = postgres.url("mlflow");
await execute(postgres.url("postgres"), "CREATE DATABASE slipway", "CREATE DATABASE mlflow");
const system = await startSystem({ env: { DATABASE_URL: ours, SLIPWAY_SECRET_KEY: "5a".repeat(32) } });
const peer = await startPeer({ databaseUrl: theirs, folder, port: await findFreePort() }); // after it, so that no port is found free twice
try {
  const slipway = openTarget("Slipway", Number(new URL(system.url).port), system.admin.token);
  const mlflow = openTarget("MLflow", peer.port);
  const both = async <Value>(measure: (target: Target) => Promise<Value>): Promise<[Value, Value]> => [await measure(slipway), await measure(mlflow)];

  const settle = async (): Promise<void> => {
    await execute(postgres.url("postgres"), "CHECKPOINT");
    await rest();
  };
  say("log-batch and log-metric");
  const experiments = new Map(await Promise.all([slipway, mlflow].map(async (target) => [target, await createExperiment(target, "writes")] as const)));
  const experimentOf = (target: Target): string => experiments.get(target) ?? "0";
  await both((target) => floodBatches(target, experimentOf(target), { writers, seconds: 4, isOneRun: false })); // warms both up
  await settle();
  for (const isOneRun of [false, true]) {
    const [a, b] = await both((target) => floodBatches(target, experimentOf(target), { writers, seconds, isOneRun }));
    const what = `log-batch of 100 metrics, ${writers} writers, ${isOneRun ? "one run" : "distinct runs"}`;
    print(what, "requests/s", a.perSecond, b.perSecond);
    print(`${what}: p95`, "ms", a.p95Ms, b.p95Ms);
    print(`${what}: failed or lost`, "requests", a.failed + a.lost);
  }
  const [points, peerPoints] = await both((target) => floodPoints(target, experimentOf(target), { writers, seconds }));
  print(`log-metric, ${writers} connections`, "requests/s", points.perSecond, peerPoints.perSecond);
  print(`log-metric, ${writers} connections: failed or lost`, "requests", points.failed + points.lost);

  say("log_model");
  const logModels = async (target: Target, turns: number, name: string): Promise<number[]> => {
    const durations: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const run = await createRun(target, experimentOf(target), `${name}-${turn}`);
      await call(target, "POST", "runs/log-batch", { run_id: run, metrics: [{ key: "accuracy", value: 0.9, timestamp: 1, step: 0 }, { key: "loss", value: 0.1, timestamp: 1, step: 0 }] });
      durations.push(await logModelOnce(target, experimentOf(target), run, `${name}-${turn}`));
    }
    return durations;
  };
  await both((target) => logModels(target, 150, "warming"));
  await Promise.all([execute(ours, "VACUUM ANALYZE"), execute(theirs, "VACUUM ANALYZE")]);
  await settle();
  const [logModel, peerLogModel] = await both(async (target) => percentile(await logModels(target, 60, "logged"), 0.5));
  print("the 20 requests of one log_model with registration, p50", "ms", logModel, peerLogModel);

  say(`artifact of ${megabytes} MB`);
  const webPid = (await system.state()).processes["web"] ?? 0;
  const [file, peerFile] = await both(async (target) => {
    const location = `${experimentOf(target)}/${await createRun(target, experimentOf(target), "artifact")}/artifacts`;
    const pid = target === slipway ? webPid : peer.pid;
    await transfer(target, `${location}/warm.bin`, 64, pid);
    return transfer(target, `${location}/large.bin`, megabytes, pid);
  });
  print(`artifact of ${megabytes} MB, PUT with SHA-256`, "MB/s", file.putMBps, peerFile.putMBps);
  print(`artifact of ${megabytes} MB, GET`, "MB/s", file.getMBps, peerFile.getMBps);
  print(`artifact of ${megabytes} MB: memory growth of the server`, "MB", file.memoryMB);

  say(`seeding ${size.runs} runs, ${historyPoints} points and ${models} models on both sides`);
  const db = openDatabase({ url: ours, poolMax: 2, applicationName: "bench", statementTimeoutMs: 600_000 });
  const { id: workspaceId } = await db.workspace.findFirstOrThrow();
  const searched = new Map(await Promise.all([slipway, mlflow].map(async (target) => [target, await createExperiment(target, "reads")] as const)));
  const searchedOf = (target: Target): string => searched.get(target) ?? "0";
  await seedRuns(db, { workspaceId, experiment: Number(searchedOf(slipway)), ...size });
  await seedPeerRuns(theirs, searchedOf(mlflow), size);
  const long = new Map(await Promise.all([slipway, mlflow].map(async (target) => [target, await createRun(target, experimentOf(target), "long")] as const)));
  const longOf = (target: Target): string => long.get(target) ?? "";
  await execute(
    ours,
    `INSERT INTO metric_key (workspace_id, key) VALUES ('${workspaceId}', 'long') ON CONFLICT DO NOTHING`,
    `INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT (SELECT seq FROM run WHERE run_id = '${longOf(slipway)}'), (SELECT id FROM metric_key WHERE key = 'long'), n, 1760000000000 + n, sin(n / 1000.0) FROM generate_series(1, ${historyPoints}) n`,
    `INSERT INTO registered_model (id, workspace_id, name, tags, created_by, created_at, updated_at)
     SELECT uuidv7(), '${workspaceId}', 'model-' || lpad(n::text, 5, '0'), jsonb_build_object('team', 'team' || n % 8, 'tier', 'tier' || n % 25, 'region', 'region' || n % 5), 'bench', now(), now() FROM generate_series(1, ${models}) n`,
    "VACUUM ANALYZE",
  );
  await seedPeerHistory(theirs, longOf(mlflow), historyPoints);
  await seedPeerModels(theirs, models);
  await analyze(theirs);

  await settle();
  say("searching");
  const [found, peerFound] = await both((target) => measureSearch(target, searchedOf(target), target === mlflow ? 20 : 60));
  print(`runs/search over ${size.runs} runs by metric and param, ordered by a metric, p95`, "ms", found.first, peerFound.first);
  print("runs/search: page 100, p95", "ms", found.deep, peerFound.deep);
  print("runs/search: page 100 over page 1, p50", "ratio", found.deepP50 / found.firstP50);
  print("runs/search: the 17 runs of a rare param, p95", "ms", found.selective, peerFound.selective);
  print("runs/search: default page of 1,000 runs, p95", "ms", found.defaultPage, peerFound.defaultPage);
  print(`get-history of ${historyPoints} points, p50`, "ms", ...(await both((target) => measureHistory(target, longOf(target), historyPoints))));
  print(`registered-models/search by three tags among ${models}, p95`, "ms", ...(await both(measureModels)));
  await execute(
    ours,
    `INSERT INTO model_version (id, workspace_id, model_id, number, status, source, run_id, created_by, created_at, updated_at)
     SELECT uuidv7(), m.workspace_id, m.id, k, 'ready', 'models:/m-' || md5(m.name || k), md5(m.name || k), 'bench', now(), now() FROM registered_model m, generate_series(1, ${versionsPerModel}) k WHERE m.name LIKE 'model-%'`,
    `UPDATE registered_model SET next_version_number = ${versionsPerModel + 1} WHERE name LIKE 'model-%'`,
    `INSERT INTO model_alias (workspace_id, model_id, version_id, alias, updated_at) SELECT workspace_id, model_id, id, 'champion', now() FROM model_version WHERE created_by = 'bench' AND number = ${versionsPerModel}`,
    "VACUUM ANALYZE",
  );
  await seedPeerVersions(theirs, versionsPerModel);
  await analyze(theirs);
  print(`the same, each with ${versionsPerModel} versions and an alias, p95`, "ms", ...(await both(measureModels)));

  say(`a curve of ${curvePoints} points`);
  await execute(
    ours,
    `INSERT INTO metric_key (workspace_id, key) VALUES ('${workspaceId}', 'curve') ON CONFLICT DO NOTHING`,
    `INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT (SELECT seq FROM run WHERE run_id = '${longOf(slipway)}'), (SELECT id FROM metric_key WHERE key = 'curve'), n, 1760000000000 + n, sin(n / 1000.0) FROM generate_series(1, ${curvePoints}) n`,
    "VACUUM ANALYZE metric_point",
  );
  for (const axis of ["step", "time"]) {
    const durations: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const { status, durationMs } = await send(slipway, "GET", `/api/slipway/v1/w/default/metric-series?runs=${longOf(slipway)}&metric=curve&axis=${axis}&buckets=600`);
      if (status !== 200) throw new Error(`the curve was answered with ${status}`);
      durations.push(durationMs);
    }
    print(`curve of ${curvePoints} points in 600 buckets by ${axis}, p95`, "ms", percentile(durations.slice(2), 0.95));
  }

  say(`searching ${manyRuns} runs`);
  const large = await createExperiment(slipway, "many");
  await seedRuns(db, { workspaceId, experiment: Number(large), ...size, runs: manyRuns });
  await execute(ours, "VACUUM ANALYZE");
  await settle();
  const many = await measureSearch(slipway, large, 60);
  print(`runs/search over ${manyRuns} runs, p95`, "ms", many.first);
  print(`runs/search: ${manyRuns} runs over ${size.runs}, p50 of page 1`, "ratio", many.firstP50 / found.firstP50);
  await db.$disconnect();
} finally {
  await Promise.all([system.stop(), peer.stop()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
