import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startSystem, type System } from "@/test/support/system";

let system: System;
let database: Client;

beforeAll(async () => {
  system = await startSystem({ env: { SLIPWAY_GC_DELETED_AFTER: "0s", SLIPWAY_GC_ORPHANS_AFTER: "2s" } });
  database = new Client({ connectionString: system.ownerUrl() });
  await database.connect();
}, 300_000);
afterAll(async () => {
  await database.end();
  await system.stop();
});

const deleted = 160;
const pointsEach = 6_000;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const count = async (sql: string, values: unknown[] = []): Promise<number> => Number((await database.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0]?.n);
const ok = async (path: string, body: unknown): Promise<Record<string, never>> => {
  const answer = await system.call("POST", `/api/2.0/mlflow/${path}`, body);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Record<string, never>;
};
const put = async (path: string, content: string): Promise<void> => {
  const answer = await fetch(`${system.url}/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", headers: { authorization: `Bearer ${system.admin.token}` }, body: content });
  expect(answer.status).toBe(200);
};
const newRun = async (content: string): Promise<string> => {
  const { run } = (await ok("runs/create", { experiment_id: "0" })) as unknown as { run: { info: { run_id: string } } };
  await ok("runs/log-batch", { run_id: run.info.run_id, metrics: [{ key: "loss", value: 1, timestamp: 1 }], params: [{ key: "p", value: "1" }] });
  await put(`0/${run.info.run_id}/artifacts/model/model.txt`, content);
  return run.info.run_id;
};
const until = async (what: string, seconds: number, isTrue: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(20);
  }
};

test("a collector that is killed again and again purges everything once, and nothing that a version refers to", async () => {
  const kept = await newRun("of a version");
  const active = await newRun("of a run that is there");
  await ok("registered-models/create", { name: "kept" });
  await ok("model-versions/create", { name: "kept", source: `mlflow-artifacts:/0/${kept}/artifacts/model`, run_id: kept });
  const gone: string[] = [];
  for (let batch = 0; batch < deleted / 8; batch += 1) gone.push(...(await Promise.all(Array.from({ length: 8 }, (_, index) => newRun(`content ${(batch * 8 + index) % 40}`)))));
  await database.query(
    `INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT r.seq, (SELECT min(id) FROM metric_key), n, n, n FROM run r CROSS JOIN generate_series(2, $2::int) n WHERE r.run_id = ANY($1)`,
    [gone, pointsEach],
  );
  const seqs = (await database.query<{ seq: string }>("SELECT seq FROM run WHERE run_id = ANY($1)", [gone])).rows.map(({ seq }) => seq);
  const runsLeft = (): Promise<number> => count("run WHERE run_id = ANY($1)", [gone]);
  const pointsLeft = (): Promise<number> => count("metric_point WHERE run_seq = ANY($1)", [seqs]);

  await system.kill("worker"); // nothing is purged while everything becomes due
  for (const run_id of [...gone, kept]) await ok("runs/delete", { run_id });
  const landed: string[] = [];
  for (let kills = 0; kills < 6; kills += 1) {
    const [runs, points] = [await runsLeft(), await pointsLeft()];
    if (points === 0) break;
    await until("the purge goes on", 120, async () => (await runsLeft()) < runs || (await pointsLeft()) < points);
    await sleep(kills * 15);
    await system.kill("worker");
    landed.push(`${await runsLeft()} runs, ${await pointsLeft()} points left`);
  }
  expect(landed.filter((place) => !place.endsWith(" 0 points left")).length, landed.join("; ")).toBeGreaterThanOrEqual(3);
  await until("every deleted run is gone with its history", 180, async () => (await runsLeft()) + (await pointsLeft()) === 0);

  // Exactly once: the record names each run in one event, and the counts add up.
  const events = (await database.query<{ canonical: string }>("SELECT canonical FROM audit_event WHERE action = 'run.purge'")).rows.map(({ canonical }) => (JSON.parse(canonical) as { change: { before: { runs: number; artifacts: number; ids: string[] } } }).change.before);
  expect(events.reduce((sum, { runs }) => sum + runs, 0)).toBe(deleted);
  expect(events.reduce((sum, { artifacts }) => sum + artifacts, 0)).toBe(deleted);
  expect(events.flatMap(({ ids }) => ids).sort()).toEqual([...gone].sort());
  expect(await count("metric_leftover")).toBe(0);

  // The contents of the deleted runs leave the store; killed once more on the way.
  await system.kill("worker");
  await until("unused blobs are let go", 180, async () => (await count("blob")) === 2);
  await system.kill("worker");
  await until("their bytes are removed", 180, async () => (await count("doomed_blob")) === 0);
  const stored = await database.query<{ sha256: string }>("SELECT sha256 FROM blob ORDER BY sha256");
  expect(stored.rows.map((row) => row.sha256)).toEqual([sha256("of a version"), sha256("of a run that is there")].sort());
  expect(await count("run WHERE run_id = ANY($1)", [[kept, active]])).toBe(2);
  const { rows: sums } = await database.query<{ counted: string; stored: string }>("SELECT (SELECT sum(bytes) FROM workspace_storage) AS counted, (SELECT sum(size) FROM blob) AS stored");
  expect(sums[0]?.counted).toBe(sums[0]?.stored);
  for (const [path, content] of [[`0/${kept}/artifacts/model/model.txt`, "of a version"], [`0/${active}/artifacts/model/model.txt`, "of a run that is there"]] as const) {
    const answer = await fetch(`${system.url}/api/2.0/mlflow-artifacts/artifacts/${path}`, { headers: { authorization: `Bearer ${system.admin.token}` } });
    expect([answer.status, await answer.text()]).toEqual([200, content]);
  }
  await ok("runs/restore", { run_id: kept });
  expect((await system.call("POST", "/api/2.0/mlflow/runs/restore", { run_id: gone[0] })).status).toBe(404);
}, 600_000);
