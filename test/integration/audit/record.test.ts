import { createHash } from "node:crypto";

import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { getAuditEvent, getAuditFacets, leafHashOf, listAuditEvents, recordChange, sequenceAudit } from "@/lib/audit/server";
import { messageOf } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { type Context, transact } from "@/lib/platform/context";

import { type TestDeps, testDeps } from "../../support/deps";
import { testContext, withToken } from "../../support/factories";

let deps: TestDeps;
let ctx: Awaited<ReturnType<typeof testContext>>;
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps, { name: "Oskar Lindqvist" });
});
afterAll(() => deps.close());

const record = (given: Context, change: Parameters<typeof recordChange>[3]) => transact(given.deps, (tx, now) => recordChange(tx, given, now, change));
/** What Postgres says to a statement, "" when it lets it through. */
const refusalOf = async (url: string, sql: string): Promise<string> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
    return "";
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.end();
  }
};
const firstPage = { limit: 50 } as const;

describe("an event", () => {
  it("is written in its final form, with its outbox row, without a person's name in it", async () => {
    const id = await record(ctx, { action: "alias.set", target: { type: "model", id: "mod_x", name: "digits" }, reason: "better", change: { before: { version: 1 }, after: { version: 2 } } });
    const row = await deps.db.auditEvent.findFirstOrThrow({ where: { id } });
    expect(Buffer.from(row.leafHash).equals(leafHashOf(row.canonical))).toBe(true);
    expect(row.canonical).not.toMatch(/Oskar|example\.org/);
    const document = JSON.parse(row.canonical) as { personal: Record<string, string>; change: unknown };
    expect(document.change).toEqual({ before: { version: 1 }, after: { version: 2 } });
    const kept = await deps.db.auditPersonalValue.findFirstOrThrow({ where: { eventId: id, field: "actor.name" } });
    expect(document.personal["actor.name"]).toBe(createHash("sha256").update(kept.salt).update(kept.value).digest("hex"));
    expect(await deps.db.outboxEvent.findFirstOrThrow({ where: { id } })).toMatchObject({ type: "slipway.alias.set", subject: "model/mod_x", source: `/w/${ctx.workspace.name}` });
  });

  it("does not exist when its change fails", async () => {
    const before = await deps.db.auditEvent.count();
    await expect(
      transact(deps, async (tx, now) => {
        await recordChange(tx, ctx, now, { action: "model.create", target: { type: "model", id: "mod_x", name: "x" } });
        throw new Error("the change fails");
      }),
    ).rejects.toThrow("the change fails");
    expect(await deps.db.auditEvent.count()).toBe(before);
    expect(await deps.db.outboxEvent.count()).toBe(before);
  });

  it("shows the person by name until erased, and its proof outlives the erasure", async () => {
    const id = await record(withToken(ctx, ["models:write"]), { action: "model.create", target: { type: "model", id: "mod_y", name: "y" } });
    const wireId = formatId("auditEvent", id);
    expect((await getAuditEvent(ctx, wireId)).actor).toMatchObject({ type: "token", name: "test", onBehalfOf: { name: "Oskar Lindqvist" } });
    await deps.db.auditPersonalValue.deleteMany({ where: { eventId: id } });
    const erased = await getAuditEvent(ctx, wireId);
    expect(erased.actor.onBehalfOf?.name).toBeNull();
    expect(erased.personal).toEqual([{ field: "actor.name", commitment: expect.stringMatching(/^[0-9a-f]{64}$/) as string, value: null, salt: null }]);
    expect(erased.leafHash).toBe(leafHashOf(erased.canonical).toString("hex"));
  });

  it.each(["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event CASCADE", "UPDATE audit_sequence SET seq = seq + 1", "DELETE FROM audit_sequence", "TRUNCATE audit_sequence", "UPDATE outbox_event SET type = 'x'"])("can't be changed by the app or the owner: %s", async (sql) => {
    await sequenceAudit(deps);
    const asOwner = new URL(inject("postgresUrl"));
    asOwner.pathname = new URL(deps.databaseUrl).pathname;
    expect(await refusalOf(deps.databaseUrl, sql)).toMatch(/permission denied/);
    expect(await refusalOf(asOwner.href, sql)).toMatch(/append-only/);
  });
});

describe("the list", () => {
  it("filters by actor, action, prefix, target, time and text, and pages through everything once", async () => {
    const other = await testContext(deps, { workspace: ctx.workspace, name: "Teo Marsh" });
    deps.clock.advance(1000);
    const since = deps.clock.current().toISOString();
    for (let index = 0; index < 7; index += 1) {
      await record(index % 2 === 0 ? other : ctx, { action: index < 3 ? "rollout.start" : "rollout.step", target: { type: "rollout", id: `rol_${index}`, name: `digits ${index}` } });
      deps.clock.advance(index % 2); // pairs share a millisecond
    }
    const list = (query: object) => listAuditEvents(ctx, { ...firstPage, ...query });
    expect((await list({ from: since })).items).toHaveLength(7);
    expect((await list({ from: since, actor: formatId("user", other.actor.id) })).items).toHaveLength(4);
    expect((await list({ from: since, action: "rollout.start" })).items).toHaveLength(3);
    expect((await list({ from: since, action: "rollout." })).items).toHaveLength(7);
    expect((await list({ targetType: "rollout", targetId: "rol_4" })).items).toHaveLength(1);
    expect((await list({ to: since, action: "rollout." })).items).toHaveLength(0);
    expect((await list({ from: since, q: "teo ma" })).items).toHaveLength(4);
    expect((await list({ q: "100%" })).items).toHaveLength(0);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ from: since, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ target }) => target.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(["rol_6", "rol_5", "rol_4", "rol_3", "rol_2", "rol_1", "rol_0"]);
    const facets = await getAuditFacets(ctx, { from: since });
    expect(facets).toMatchObject({ total: 7, actions: [{ value: "rollout.step", count: 4 }, { value: "rollout.start", count: 3 }], targetTypes: [{ value: "rollout", count: 7 }] });
    expect(facets.actors.map(({ name }) => name).sort()).toEqual(["Oskar Lindqvist", "Teo Marsh"]);
  });

  it("is closed to those without audit:read and to other workspaces", async () => {
    const viewer = await testContext(deps, { workspace: ctx.workspace, roles: ["viewer"] });
    await expect(listAuditEvents(viewer, firstPage)).rejects.toMatchObject({ kind: "forbidden" });
    const stranger = await testContext(deps, { roles: ["auditor"] });
    expect((await listAuditEvents(stranger, firstPage)).items).toEqual([]);
    const own = await listAuditEvents(ctx, firstPage);
    await expect(getAuditEvent(stranger, own.items[0]?.id ?? "")).rejects.toMatchObject({ kind: "not_found" });
  });

  it("pages, filters and counts 100,000 events", async () => {
    const big = await testContext(deps, { roles: ["auditor"] });
    await deps.db.$executeRaw`
      INSERT INTO audit_event (id, workspace_id, occurred_at, actor_type, action, target_type, target_id, target_name, canonical, leaf_hash)
      SELECT gen_random_uuid(), ${big.workspace.id}::uuid, timestamptz '2026-01-01' + n * interval '1 second', 'system', 'rollout.step', 'rollout', 'rol_' || n, 'digits ' || n,
        '{"actor":{"type":"system","name":"load"},"target":{"type":"rollout","id":"r","name":"n"}}', '\\x00' FROM generate_series(1, 100000) n`;
    await deps.db.$executeRaw`ANALYZE audit_event`;
    const read = (query: object) => listAuditEvents(big, { ...firstPage, ...query });
    expect((await read({})).items).toHaveLength(50);
    const deep = await read({ to: "2026-01-01T00:01:40.000Z" });
    expect(deep.items).toHaveLength(50);
    expect((await read({ cursor: deep.nextCursor })).items).toHaveLength(49);
    expect((await read({ q: "digits 77777" })).items).toHaveLength(1);
    expect((await read({ q: "nothing like this" })).items).toHaveLength(0);
    expect((await getAuditFacets(big)).total).toBe(100_000);
  });
});
