import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { setWebDeps } from "@/lib/http/deps";
import { AppError } from "@/lib/core/errors";
import { newHexId } from "@/lib/tracking/names";
import { searchExperiments } from "@/lib/tracking/service-experiments";
import { searchLoggedModels } from "@/lib/tracking/service-logged-models";
import { searchRuns } from "@/lib/tracking/service-run-search";
import type { Context } from "@/lib/platform/context";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { seedRuns } from "../../support/seed-runs";

let deps: TestDeps;
let ctx: Context;

beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
  ctx = await testContext(deps);
  const now = new Date("2026-11-20T12:00:00.000Z");
  await deps.db.experiment.create({ data: { workspaceId: ctx.workspace.id, number: 1, name: "one", artifactLocation: "mlflow-artifacts:/1", createdAt: now, updatedAt: now } });
  await seedRuns(deps.db, { workspaceId: ctx.workspace.id, experiment: 1, runs: 300, metrics: 3, params: 3, tags: 2 });
});
afterAll(() => deps.close());

const search = (token: string | undefined, given: { filter?: string; orderBy?: string[]; limit?: number } = {}) =>
  searchRuns(ctx, { experimentIds: ["1"], filter: given.filter, viewType: "ACTIVE_ONLY", orderBy: given.orderBy ?? [], limit: given.limit ?? 20, token });

/** A run with metrics of its own, begun now, before and after all others, with and without the metric that the pages are ordered by. */
const intrude = async (index: number): Promise<void> => {
  const { seq } = await deps.db.run.create({ data: {
    workspaceId: ctx.workspace.id, runId: newHexId(), experimentNumber: 1, name: "intruder", userName: "eve", status: "RUNNING", startTime: BigInt([0, 1_790_000_150_000, 1_999_999_999_999][index % 3] ?? 0), artifactUri: "x", createdAt: new Date(),
  }, select: { seq: true } });
  const value = [0, 0.5, 1, NaN, undefined][index % 5];
  if (value !== undefined) {
    await deps.db.$executeRaw`INSERT INTO metric_latest (run_seq, key_id, experiment_number, value, step, ts) SELECT ${seq}, id, 1, ${String(value)}::text::float8, 0, 0 FROM metric_key WHERE workspace_id = ${ctx.workspace.id}::uuid AND key = 'm01'`;
  }
  await deps.db.$executeRaw`INSERT INTO run_param (run_seq, key, value) VALUES (${seq}, 'p00', ${`v${index % 10}`})`;
};

describe("pages of runs", () => {
  test.each<[string[], string | undefined]>([[[], undefined], [["metrics.m01 DESC"], undefined], [["metrics.m01 ASC"], "params.p00 IS NOT NULL"], [["params.p00 DESC", "metrics.m00"], undefined], [["end_time ASC"], undefined], [["metrics.m01"], "metrics.m00 > 0.3 OR params.p01 = 'v1'"]])(
    "by %j where %s hold each run once while others come",
    async (orderBy, filter) => {
      const given = { orderBy, ...(filter === undefined ? {} : { filter }) };
      const before = (await search(undefined, { ...given, limit: 1_000 })).runs.map(({ runId }) => runId);
      const seen: string[] = [];
      let token: string | undefined;
      for (let page = 0; page === 0 || token !== undefined; page += 1) {
        const found = await search(token, given);
        seen.push(...found.runs.map(({ runId }) => runId));
        token = found.nextToken;
        await Promise.all(Array.from({ length: 5 }, (_, index) => intrude(page * 5 + index)));
      }
      expect(new Set(seen).size).toBe(seen.length);
      const old = new Set(before);
      expect(seen.filter((runId) => old.has(runId))).toEqual(before);
    },
  );

  test("end exactly where the runs end", async () => {
    const total = (await search(undefined, { filter: "user_id = 'ada'", limit: 1_000 })).runs.length;
    expect(total).toBe(300);
    const first = await search(undefined, { filter: "user_id = 'ada'", limit: 150 });
    const second = await search(first.nextToken, { filter: "user_id = 'ada'", limit: 150 });
    expect([first.runs.length, second.runs.length, second.nextToken]).toEqual([150, 150, undefined]);
  });

  test("are of one search alone", async () => {
    const { nextToken = "" } = await search(undefined, { orderBy: ["metrics.m01 DESC"], filter: "metrics.m00 > 0" });
    expect((await search(nextToken, { orderBy: ["metrics.m01 DESC"], filter: "metrics.m00 > 0", limit: 7 })).runs).toHaveLength(7);
    const other = await testContext(deps);
    for (const attempt of [
      () => search(nextToken, { orderBy: ["metrics.m01 ASC"], filter: "metrics.m00 > 0" }),
      () => search(nextToken, { orderBy: ["metrics.m01 DESC"], filter: "metrics.m00 > 0.1" }),
      () => search(nextToken, { orderBy: ["metrics.m01 DESC"] }),
      () => searchRuns(ctx, { experimentIds: ["1", "2"], filter: "metrics.m00 > 0", viewType: "ACTIVE_ONLY", orderBy: ["metrics.m01 DESC"], limit: 20, token: nextToken }),
      () => searchRuns(ctx, { experimentIds: ["1"], filter: "metrics.m00 > 0", viewType: "ALL", orderBy: ["metrics.m01 DESC"], limit: 20, token: nextToken }),
      () => searchRuns(other, { experimentIds: ["1"], filter: "metrics.m00 > 0", viewType: "ACTIVE_ONLY", orderBy: ["metrics.m01 DESC"], limit: 20, token: nextToken }),
    ]) await expect(attempt()).rejects.toMatchObject({ kind: "invalid", code: "page.other_query", message: expect.stringContaining("belongs to another search") as string });
  });

  test("take no token that was made up", async () => {
    const { nextToken = "" } = await search(undefined, { orderBy: ["metrics.m01 DESC"] });
    const [fingerprint, ...position] = JSON.parse(Buffer.from(nextToken, "base64url").toString()) as [string, ...string[]];
    const forge = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString("base64url");
    for (const token of ["zzz", "%", forge(), forge(fingerprint), forge(fingerprint, ...position, "1"), forge(fingerprint, "x", ...position.slice(1)), forge(fingerprint, position[0], "9".repeat(19), position[2]), forge(fingerprint, ...position.slice(0, 2), null), forge(fingerprint, "1; DROP TABLE run", ...position.slice(1)), forge({}, 1)]) {
      const error: unknown = await search(token, { orderBy: ["metrics.m01 DESC"] }).catch((thrown: unknown) => thrown);
      expect([token, error instanceof AppError && error.kind]).toEqual([token, "invalid"]);
    }
  });
});

describe("experiments", () => {
  const found = async (filter: string | undefined, orderBy: string[] = []): Promise<string[]> => {
    const names: string[] = [];
    for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page += 1) {
      const { rows, nextToken } = await searchExperiments(ctx, { filter, orderBy, viewType: "ALL", limit: 2, token });
      names.push(...rows.map(({ name }) => name));
      token = nextToken;
    }
    return names;
  };

  test("are found by name, tags and times, in every order, two a page", async () => {
    const workspaceId = ctx.workspace.id;
    for (const [index, name] of ["alpha", "Beta", "gamma", "delta"].entries()) {
      const at = new Date(Date.UTC(2026, 0, 1 + (index % 3)));
      await deps.db.experiment.create({ data: { workspaceId, number: 10 + index, name, artifactLocation: "x", lifecycleStage: name === "delta" ? "deleted" : "active", createdAt: at, updatedAt: at, ...(index < 2 ? { tags: { create: [{ key: "team", value: name }] } } : {}) } });
    }
    const all = "name != 'Default' AND name != 'one'";
    expect(await found(all)).toEqual(["gamma", "Beta", "alpha", "delta"]);
    expect(await found(all, ["name"])).toEqual(["Beta", "alpha", "delta", "gamma"]);
    expect(await found(all, ["creation_time ASC", "name DESC"])).toEqual(["delta", "alpha", "Beta", "gamma"]);
    expect(await found(all, ["experiment_id DESC"])).toEqual(["delta", "gamma", "Beta", "alpha"]);
    expect(await found("tags.team IS NULL AND name ILIKE '%A'", ["name"])).toEqual(["delta", "gamma"]);
    expect(await found("tag.team != 'alpha'")).toEqual(["Beta"]);
    expect(await found("name IN ('alpha', 'Beta') OR creation_time > 1767311999999 AND name LIKE 'g%'", ["name"])).toEqual(["Beta", "alpha", "gamma"]);
    expect(await found("name LIKE '_lpha' AND last_update_time = 1767225600000")).toEqual(["alpha"]);
    await expect(found("metrics.a > 1")).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining("Invalid entity type 'metrics'") as string });
    await expect(found("name > 'a'")).rejects.toMatchObject({ kind: "invalid" });
    await expect(found(undefined, ["tags.team"])).rejects.toMatchObject({ kind: "invalid", code: "search.bad_order" });
  });
});

describe("logged models", () => {
  type Metric = { key: string; value: number; ts: number; dataset?: [string, string] };
  const models: { name: string; modelType: string; metrics: Metric[]; params?: Record<string, string> }[] = [
    { name: "a", modelType: "sklearn", metrics: [{ key: "acc", value: 0.9, ts: 1, dataset: ["train", "d1"] }, { key: "acc", value: 0.5, ts: 2, dataset: ["test", "d2"] }], params: { depth: "3" } },
    { name: "b", modelType: "sklearn", metrics: [{ key: "acc", value: 0.6, ts: 1, dataset: ["train", "d1"] }, { key: "acc", value: 0.7, ts: 3, dataset: ["test", "d3"] }] },
    { name: "c", modelType: "", metrics: [{ key: "acc", value: NaN, ts: 1, dataset: ["test", "d2"] }] },
    { name: "d", modelType: "xgboost", metrics: [] },
  ];
  type Given = { filter?: string; datasets?: { name: string; digest: string | undefined }[]; orderBy?: { field: string; isAscending?: boolean; datasetName?: string; datasetDigest?: string }[] };
  const found = async ({ filter, datasets = [], orderBy = [{ field: "name" }] }: Given): Promise<string> => {
    let names = "";
    for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page += 1) {
      const order = orderBy.map(({ field, isAscending = true, datasetName, datasetDigest }) => ({ field, isAscending, datasetName, datasetDigest }));
      const { rows, nextToken } = await searchLoggedModels(ctx, { experimentIds: ["1"], filter, datasets, orderBy: order, limit: 1, token });
      names += rows.map(({ name }) => name).join("");
      token = nextToken;
    }
    return names;
  };

  beforeAll(async () => {
    const workspaceId = ctx.workspace.id;
    for (const [index, { name, modelType, metrics, params = {} }] of models.entries()) {
      const at = new Date(Date.UTC(2026, 0, 1, 0, 0, index));
      await deps.db.loggedModel.create({ data: {
        workspaceId, modelId: `m-${name}`, experimentNumber: 1, name, status: name === "d" ? "PENDING" : "READY", modelType, artifactUri: "x", createdAt: at, updatedAt: at,
        params: { create: Object.entries(params).map(([key, value]) => ({ key, value })) },
        metrics: { create: metrics.map(({ key, value, ts, dataset: [datasetName, datasetDigest] = ["", ""] }) => ({ key, value, ts: BigInt(ts), step: 0n, runId: "0".repeat(32), datasetName, datasetDigest })) },
      } });
    }
  });

  test.each<[Given, string]>([
    [{}, "abcd"],
    [{ orderBy: [] }, "dcba"],
    [{ filter: "metrics.acc > 0.8" }, "a"],
    [{ filter: "metrics.acc > 0.55" }, "ab"],
    [{ filter: "metrics.acc > 0.55", datasets: [{ name: "test", digest: undefined }] }, "b"],
    [{ filter: "metrics.acc >= 0.5", datasets: [{ name: "test", digest: "d2" }, { name: "other", digest: undefined }] }, "a"],
    [{ filter: "metrics.acc IS NULL" }, "d"],
    [{ filter: "metrics.acc IS NOT NULL AND metrics.acc != 0.5", datasets: [{ name: "test", digest: "d2" }] }, "c"],
    [{ filter: "params.depth = '3' OR model_type IN ('xgboost')" }, "ad"],
    [{ filter: "status = 'READY' AND params.depth IS NULL" }, "bc"],
    [{ filter: "attributes.status != 'LOGGED_MODEL_READY'" }, "d"],
    [{ filter: "creation_time <= 1767225601000 AND name ILIKE 'B'" }, "b"],
    [{ filter: "source_run_id IS NULL AND creation_timestamp > 1767225602000" }, "d"],
    [{ orderBy: [{ field: "metrics.acc" }] }, "abcd"],
    [{ orderBy: [{ field: "metrics.acc", isAscending: false }] }, "bacd"],
    [{ orderBy: [{ field: "metrics.acc", isAscending: false, datasetName: "train" }] }, "abdc"],
    [{ orderBy: [{ field: "metrics.acc", datasetName: "test", datasetDigest: "d2" }] }, "acdb"],
    [{ orderBy: [{ field: "last_updated_timestamp", isAscending: false }] }, "dcba"],
  ])("%j", async (given, names) => {
    expect(await found(given)).toBe(names);
  });

  test.each<Given>([{ filter: "metrics.acc > '1'" }, { filter: "dataset.name = 'x'" }, { filter: "experiment = 'x'" }, { orderBy: [{ field: "params.depth" }] }, { orderBy: [{ field: "nothing" }] }])("refuses %j", async (given) => {
    await expect(found(given)).rejects.toMatchObject({ kind: "invalid" });
  });
});
