import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Context } from "@/lib/platform/context";
import { newId } from "@/lib/core/ids";
import { listModels, searchModels, searchVersions } from "@/lib/registry/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

const prompt = "mlflow.prompt.is_prompt";
/** What MLflow's client appends to every search of models. */
const appended = ` AND tag.\`${prompt}\` != 'true'`;

let deps: TestDeps;
let ctx: Context;
let stranger: Context;

const make = async (workspaceId: string, name: string, index: number, tags: Record<string, string>, versions: { tags?: Record<string, string>; runId?: string }[]): Promise<void> => {
  const id = newId();
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, index));
  const rows = (of: Record<string, string>): { key: string; value: string }[] => Object.entries(of).map(([key, value]) => ({ key, value }));
  await deps.db.registeredModel.create({ data: { id, workspaceId, name, tags, createdBy: "ada", createdAt: at, updatedAt: new Date(at.getTime() + (index % 2) * 60_000), nextVersionNumber: versions.length + 1 } });
  for (const [position, version] of versions.entries()) {
    const versionId = newId();
    await deps.db.modelVersion.create({ data: { id: versionId, workspaceId, modelId: id, number: position + 1, status: "ready", source: `runs:/x/${name}`, runId: version.runId ?? null, createdBy: "ada", createdAt: at, updatedAt: at } });
    await deps.db.modelVersionTag.createMany({ data: rows(version.tags ?? {}).map((tag) => ({ workspaceId, versionId, ...tag })) });
  }
};

beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps);
  stranger = await testContext(deps);
  const run = "a".repeat(32);
  await make(ctx.workspace.id, "churn", 1, { team: "growth", tier: "1" }, [{ runId: run, tags: { stage: "old" } }, { tags: { stage: "new" } }, {}]);
  await make(ctx.workspace.id, "Fraud", 2, { team: "risk", tier: "1" }, [{ tags: { stage: "new" } }]);
  await make(ctx.workspace.id, "price", 3, { team: "growth" }, []);
  await make(ctx.workspace.id, "greeting", 4, { [prompt]: "true", team: "growth" }, [{ tags: { [prompt]: "true" } }]);
  await make(stranger.workspace.id, "churn", 5, { team: "growth", tier: "1" }, [{ runId: run, tags: { stage: "new" } }]);
});
afterAll(() => deps.close());

const walk = async <Row>(page: (token: string | undefined) => Promise<{ rows: Row[]; nextToken: string | undefined }>): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const found = await page(token);
    rows.push(...found.rows);
    token = found.nextToken;
  }
  return rows;
};
const models = async (filter?: string, orderBy: string[] = []): Promise<string[]> => (await walk((token) => searchModels(ctx, { filter, orderBy, limit: 1, token }))).map(({ name }) => name);
const versions = async (filter?: string, orderBy: string[] = []): Promise<string[]> => (await walk((token) => searchVersions(ctx, { filter, orderBy, limit: 2, token }))).map(({ model, number }) => `${model}/${number}`);

describe("registered models", () => {
  test.each<[string | undefined, string[], string[]]>([
    [undefined, [], ["Fraud", "churn", "price"]],
    [undefined, ["name DESC"], ["price", "churn", "Fraud"]],
    [undefined, ["creation_timestamp DESC"], ["price", "Fraud", "churn"]],
    [undefined, ["last_updated_timestamp"], ["Fraud", "churn", "price"]],
    [undefined, ["timestamp DESC", "name"], ["price", "churn", "Fraud"]],
    [`name ILIKE '%R%'${appended}`, [], ["Fraud", "churn", "price"]],
    [`tags.team = 'growth'${appended}`, [], ["churn", "price"]],
    [`tags.team = 'growth' AND tags.tier = '1' AND tag.team != 'risk'${appended}`, [], ["churn"]],
    ["tags.tier IS NULL", [], ["price"]],
    ["tags.tier != '2'", [], ["Fraud", "churn"]],
    ["tags.team IN ('risk', 'none') OR name = 'price'", [], ["Fraud", "price"]],
    // AND binds tighter: what the client appends is of the second comparison alone, and still no prompt is found.
    [`tags.team = 'growth' OR name = 'Fraud'${appended}`, [], ["Fraud", "churn", "price"]],
    [`tags.\`${prompt}\` = 'true'`, [], ["greeting"]],
    [`tags.\`${prompt}\` = 'true' AND tags.team = 'growth'`, [], ["greeting"]],
    [`tags.\`${prompt}\` IS NOT NULL OR name = 'churn'`, [], ["churn", "greeting"]],
    ["creation_timestamp > 1767225602000", [], ["price"]],
  ])("%s by %j", async (filter, orderBy, names) => {
    expect(await models(filter, orderBy)).toEqual(names);
  });

  test("are told apart by tags that differ at the end of long texts, and by tags that share a mark", async () => {
    const far = await testContext(deps);
    const note = "x".repeat(300);
    await make(far.workspace.id, "one", 1, { note: `${note}1`, "a=b": "c" }, []);
    await make(far.workspace.id, "two", 2, { note: `${note}2`, a: "b=c" }, [{}]);
    await make(far.workspace.id, "none", 3, {}, []);
    const found = async (filter: string): Promise<string[]> => (await searchModels(far, { filter, orderBy: [], limit: 10, token: undefined })).rows.map(({ name }) => name);
    expect(await found(`tags.note = '${note}1'`)).toEqual(["one"]);
    expect(await found("tags.`a=b` = 'c'")).toEqual(["one"]);
    expect(await found("tags.a = 'b=c'")).toEqual(["two"]);
    expect(await found(`tags.a = 'b=c' OR tags.note = '${note}1'`)).toEqual(["one", "two"]);
    expect(await found("tags.note = ''")).toEqual([]);
  });

  test.each<[string | undefined, string[]]>([["source = 'x'", []], ["name > 'a'", []], ["metrics.a > 1", []], ["name = 1", []], [undefined, ["tags.team"]], [undefined, ["version_number"]], [undefined, ["name", "name DESC"]]])("refuse %s by %j", async (filter, orderBy) => {
    await expect(models(filter, orderBy)).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining("at character") as string });
  });

  test("take no token of versions", async () => {
    const { nextToken } = await searchVersions(ctx, { filter: undefined, orderBy: [], limit: 1, token: undefined });
    await expect(searchModels(ctx, { filter: undefined, orderBy: [], limit: 1, token: nextToken })).rejects.toMatchObject({ code: "page.other_query" });
  });
});

describe("model versions", () => {
  test.each<[string | undefined, string[], string[]]>([
    [undefined, [], ["Fraud/1", "churn/3", "churn/2", "churn/1"]],
    [undefined, ["version_number"], ["Fraud/1", "churn/1", "churn/2", "churn/3"]],
    ["name = 'churn'", ["version_number ASC"], ["churn/1", "churn/2", "churn/3"]],
    [undefined, ["creation_timestamp DESC"], ["Fraud/1", "churn/3", "churn/2", "churn/1"]],
    ["version_number >= 2", [], ["churn/3", "churn/2"]],
    [`run_id = '${"a".repeat(32)}'`, [], ["churn/1"]],
    [`run_id IN ('${"a".repeat(32)}', 'B')`, [], ["churn/1"]],
    ["run_id IS NULL AND name = 'churn'", [], ["churn/3", "churn/2"]],
    ["source_path LIKE '%/Fraud'", [], ["Fraud/1"]],
    ["tags.stage = 'new'", [], ["Fraud/1", "churn/2"]],
    ["tags.stage != 'new' OR tags.stage IS NULL", [], ["churn/3", "churn/1"]],
    [`tags.\`${prompt}\` = 'true'`, [], ["greeting/1"]],
    ["name = 'greeting'", [], []],
  ])("%s by %j", async (filter, orderBy, names) => {
    expect(await versions(filter, orderBy)).toEqual(names);
  });

  test.each<[string, string[]]>([["version_number = 'x'", []], ["stage = 'x'", []], ["", ["run_id"]]])("refuse %s by %j", async (filter, orderBy) => {
    await expect(versions(filter, orderBy)).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("the lists of the console", () => {
  const found = async (kind: "model" | "prompt", q?: string): Promise<string[]> => (await walkItems((cursor) => listModels(ctx, { kind, q, limit: 1, cursor }))).map(({ name }) => name);
  const walkItems = async <Row>(page: (cursor: string | undefined) => Promise<{ items: Row[]; nextCursor: string | null }>): Promise<Row[]> =>
    walk(async (token) => page(token).then(({ items, nextCursor }) => ({ rows: items, nextToken: nextCursor ?? undefined })));

  test("models and prompts stand apart, prompts of one's own workspace alone", async () => {
    await make(ctx.workspace.id, "it's 100 % \\ back", 6, { [prompt]: "true" }, []);
    await make(stranger.workspace.id, "farewell", 7, { [prompt]: "true" }, []);
    expect(await found("prompt")).toEqual(["it's 100 % \\ back", "greeting"]);
    expect(await found("model")).not.toContain("greeting");
    expect((await listModels(ctx, { kind: "prompt", limit: 10, q: "greet" })).items).toMatchObject([{ name: "greeting", versionCount: 1, latestVersion: { number: 1 } }]);
  });

  test.each([["GREET", ["greeting"]], ["it's", ["it's 100 % \\ back"]], ["% \\", ["it's 100 % \\ back"]], ["' OR name ILIKE '%", []]])("prompts by a part of their name: %s", async (q, names) => {
    expect(await found("prompt", q)).toEqual(names);
  });
});
