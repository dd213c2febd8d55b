import { createHash } from "node:crypto";

import { newId } from "@/lib/core/ids";
import type { TestDeps } from "../../support/deps";
import type { PlainRun } from "./naive-search";

const values = [0, -1, 0.5, 1, 1, 3.25, -0.0025, NaN, Infinity, -Infinity, 1e-300, 123_456_789.125];
const words = ["a", "B", "a%", "b_c", "ä", "Ä", "it's", "x".repeat(250), `${"x".repeat(250)}y`, "C:\\dir", "", "😀", "b\nc"];

/** Runs of the experiments 1 and 2 with much in common: ties, gaps, NaN, long texts. The same seed makes the same ones. */
export const randomRuns = (seed: number, count: number): PlainRun[] => {
  let state = seed * 2_654_435_761;
  const next = (bound: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) | 0;
    return (state >>> 8) % bound;
  };
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const some = <T>(keys: readonly string[], chance: number, make: () => T): Map<string, T> => new Map(keys.flatMap((key) => (next(100) < chance ? [[key, make()] as const] : [])));
  return Array.from({ length: count }, (_, index): PlainRun => ({
    runId: createHash("md5").update(`${seed}/${index}`).digest("hex"),
    experiment: 1 + next(2),
    name: pick(words),
    userName: pick(["ada", "a", "B"]),
    status: pick(["FINISHED", "RUNNING", "FAILED"]),
    stage: next(8) === 0 ? "deleted" : "active",
    startTime: 1_000 + next(15),
    endTime: next(4) === 0 ? null : 1_000 + next(15),
    metrics: new Map([...some(["m1", "m 2"], 75, () => pick(values)), ...some(["rare"], 4, () => pick(values))]),
    params: some(["p1", "p 2", "__proto__", "7"], 70, () => pick(words)),
    tags: some(["t1", "t.2"], 70, () => pick(words)),
    datasets: [...some(["train", "test"], 20, () => pick([undefined, "training", "t"]))].map(([name, context]) => ({ name, digest: `d${name.length}`, context })),
  }));
};

/** Stores runs in a workspace, with its experiments 1 and 2. */
export const fillRuns = async ({ db }: TestDeps, workspaceId: string, runs: readonly PlainRun[]): Promise<void> => {
  const now = new Date("2026-11-20T12:00:00.000Z");
  for (const number of [1, 2]) await db.experiment.create({ data: { workspaceId, number, name: `e${number}`, artifactLocation: `mlflow-artifacts:/${number}`, createdAt: now, updatedAt: now } });
  await db.run.createMany({ data: runs.map(({ runId, experiment, name, userName, status, stage, startTime, endTime }) => ({
    workspaceId, runId, experimentNumber: experiment, name, userName, status, lifecycleStage: stage, startTime: BigInt(startTime), endTime: endTime === null ? null : BigInt(endTime), artifactUri: "mlflow-artifacts:/x", createdAt: now,
  })) });
  const seqs = new Map((await db.run.findMany({ where: { workspaceId }, select: { seq: true, runId: true } })).map(({ seq, runId }) => [runId, seq]));
  const rowsOf = <T>(kind: (run: PlainRun) => Iterable<readonly [string, T]>): { seq: string; key: string; value: T; experiment: number }[] =>
    runs.flatMap((run) => [...kind(run)].map(([key, value]) => ({ seq: String(seqs.get(run.runId)), key, value, experiment: run.experiment })));
  const metrics = rowsOf(({ metrics: of }) => of);
  const keys = [...new Set(metrics.map(({ key }) => key))];
  await db.$executeRaw`INSERT INTO metric_key (workspace_id, key) SELECT ${workspaceId}::uuid, k FROM unnest(${keys}::text[]) k`;
  await db.$executeRaw`
    INSERT INTO metric_latest (run_seq, key_id, experiment_number, value, step, ts)
    SELECT u.seq::bigint, k.id, u.experiment, u.value::float8, 0, 0
    FROM unnest(${metrics.map(({ seq }) => seq)}::text[], ${metrics.map(({ key }) => key)}::text[], ${metrics.map(({ value }) => String(value))}::text[], ${metrics.map(({ experiment }) => experiment)}::int[]) u(seq, key, value, experiment)
      JOIN metric_key k ON k.workspace_id = ${workspaceId}::uuid AND k.key = u.key`;
  const params = rowsOf(({ params: of }) => of);
  await db.$executeRaw`INSERT INTO run_param (run_seq, key, value) SELECT seq::bigint, key, value FROM unnest(${params.map(({ seq }) => seq)}::text[], ${params.map(({ key }) => key)}::text[], ${params.map(({ value }) => value)}::text[]) u(seq, key, value)`;
  const tags = rowsOf(({ tags: of }) => of);
  await db.$executeRaw`INSERT INTO run_tag (run_seq, key, value) SELECT seq::bigint, key, value FROM unnest(${tags.map(({ seq }) => seq)}::text[], ${tags.map(({ key }) => key)}::text[], ${tags.map(({ value }) => value)}::text[]) u(seq, key, value)`;
  const datasets = new Map(runs.flatMap(({ experiment, datasets: of }) => of.map(({ name, digest }) => [`${experiment}/${name}`, { id: newId(), workspaceId, experimentNumber: experiment, name, digest, sourceType: "code", source: "{}" }] as const)));
  await db.dataset.createMany({ data: [...datasets.values()] });
  await db.runInput.createMany({ data: runs.flatMap(({ runId, experiment, datasets: of }) => of.map(({ name, context }) => ({
    workspaceId, runSeq: seqs.get(runId) ?? 0n, datasetId: datasets.get(`${experiment}/${name}`)?.id ?? "", tags: context === undefined ? [] : [{ key: "mlflow.data.context", value: context }],
  }))) });
};
