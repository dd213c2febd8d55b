import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { recordChange, sequenceAudit, sequenceBatch } from "@/lib/audit/server";
import { type Context, transact } from "@/lib/platform/context";
import { acquireLease, openDatabase } from "@/lib/platform/db";

import { type TestDeps, testDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
});
afterAll(() => deps.close());

const record = (ctx: Context, action = "model.create") => transact(ctx.deps, (tx, now) => recordChange(tx, ctx, now, { action, target: { type: "model", id: "mod_1", name: "digits" } }));

const expectGapFree = async (workspaceId: string, count: number) => {
  const rows = await deps.db.auditSequence.findMany({ where: { workspaceId }, orderBy: { seq: "asc" } });
  expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(count);
  expect(await deps.db.auditPending.count({ where: { workspaceId } })).toBe(0);
};

describe("sequencer", () => {
  it("numbers two workspaces apart, without gaps, in the order of ids", async () => {
    const one = await testContext(deps);
    const two = await testContext(deps);
    for (let index = 0; index < 30; index += 1) {
      await record(index % 3 === 0 ? two : one);
      deps.clock.advance(1);
    }
    expect(await sequenceAudit(deps)).toBe(30);
    await expectGapFree(one.workspace.id, 20);
    await expectGapFree(two.workspace.id, 10);
    const ordered = await deps.db.auditSequence.findMany({ where: { workspaceId: one.workspace.id }, orderBy: { seq: "asc" } });
    expect(ordered.map(({ eventId }) => eventId)).toEqual(ordered.map(({ eventId }) => eventId).sort());
  });

  it("stays gap-free with two runners beside each other and writers meanwhile", async () => {
    const ctx = await testContext(deps);
    const other = { ...deps, db: openDatabase({ url: deps.databaseUrl, poolMax: 2, applicationName: "twin", statementTimeoutMs: 15_000 }) };
    const writers = Array.from({ length: 4 }, async () => {
      for (let index = 0; index < 25; index += 1) await record(ctx);
    });
    let isWriting = true;
    const runner = async (given: typeof other, owner: string) => {
      while (isWriting) {
        await sequenceAudit(given, { owner });
        deps.clock.advance(6_000); // every lease has run out at the next look: leadership changes all the time
      }
    };
    const runners = [runner({ ...other, db: deps.db }, "left"), runner(other, "right")];
    await Promise.all(writers);
    isWriting = false;
    await Promise.all(runners);
    deps.clock.advance(60_000);
    await sequenceAudit(deps, { owner: "left" });
    await expectGapFree(ctx.workspace.id, 100);
    await other.db.$disconnect();
  });

  it("goes on where a runner was killed in the middle of a batch", async () => {
    const ctx = await testContext(deps);
    for (let index = 0; index < 20; index += 1) await record(ctx);
    const dying = openDatabase({ url: deps.databaseUrl, poolMax: 1, applicationName: "dying", statementTimeoutMs: 15_000 });
    const killed = dying.$transaction(async (tx) => {
      const now = await deps.clock.now(tx);
      const held = await acquireLease(tx, { name: "audit.sequencer", owner: "dying", ttlMs: 5_000, now: new Date(now.getTime() + 10_000_000) });
      expect(held).toBeDefined();
      const [backend] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await tx.$executeRaw`INSERT INTO audit_sequence (workspace_id, seq, event_id, leaf_hash, sequenced_at)
        SELECT e.workspace_id, 1, e.id, e.leaf_hash, ${now} FROM audit_event e WHERE e.workspace_id = ${ctx.workspace.id}::uuid LIMIT 1`;
      await deps.db.$executeRaw`SELECT pg_terminate_backend(${backend?.pid ?? 0})`;
      await tx.$queryRaw`SELECT 1`;
    });
    await expect(killed).rejects.toThrow();
    deps.clock.advance(60_000);
    await sequenceAudit(deps, { owner: "survivor" });
    await expectGapFree(ctx.workspace.id, 20);
    await dying.$disconnect().catch(() => undefined);
  });

  it("writes nothing under a lease that has gone to another", async () => {
    const ctx = await testContext(deps);
    await record(ctx);
    deps.clock.advance(60_000);
    const old = await transact(deps, (tx, now) => acquireLease(tx, { name: "audit.sequencer", owner: "slow", ttlMs: 5_000, now }));
    expect(await transact(deps, (tx, now) => acquireLease(tx, { name: "audit.sequencer", owner: "eager", ttlMs: 5_000, now }))).toBeUndefined();
    deps.clock.advance(60_000);
    const fresh = await transact(deps, (tx, now) => acquireLease(tx, { name: "audit.sequencer", owner: "eager", ttlMs: 5_000, now }));
    if (!old || !fresh) throw new Error("a lease was not given");
    expect(fresh.epoch).toBeGreaterThan(old.epoch);
    expect(await sequenceBatch(deps, old)).toBeUndefined();
    expect(await deps.db.auditPending.count({ where: { workspaceId: ctx.workspace.id } })).toBe(1);
    expect(await sequenceBatch(deps, fresh)).toBe(1);
  });

  it("does nothing beside a live leader", async () => {
    const ctx = await testContext(deps);
    deps.clock.advance(60_000);
    await transact(deps, (tx, now) => acquireLease(tx, { name: "audit.sequencer", owner: "leader", ttlMs: 5_000, now }));
    await record(ctx);
    expect(await sequenceAudit(deps, { owner: "second" })).toBe(0);
    deps.clock.advance(6_000);
    expect(await sequenceAudit(deps, { owner: "second" })).toBe(1);
  });
});
