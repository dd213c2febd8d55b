import { afterAll, beforeAll, expect, test } from "vitest";

import { transact } from "@/lib/platform/context";
import { testDeps, type TestDeps } from "@/test/support/deps";
import { testContext } from "@/test/support/factories";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
});
afterAll(() => deps.close());

test("a transaction sees the time that the test set", async () => {
  deps.clock.set(new Date("2027-01-01T00:00:00.000Z"));
  deps.clock.advance(1_500);
  expect(await transact(deps, (_tx, now) => Promise.resolve(now.toISOString()))).toBe("2027-01-01T00:00:01.500Z");
});

test("a context has its rows", async () => {
  const ctx = await testContext(deps, { roles: ["approver"], groups: ["risk"] });
  const membership = await deps.db.membership.findUniqueOrThrow({ where: { workspaceId_userId: { workspaceId: ctx.workspace.id, userId: ctx.actor.id } } });
  expect(membership).toMatchObject({ roles: ["approver"], groups: ["risk"] });
  expect(await deps.db.environment.count({ where: { workspaceId: ctx.workspace.id } })).toBe(3);
});

test("jobs are recorded, blobs are real", async () => {
  await deps.jobs.send("rollout.tick", { rolloutId: "x" }, { dedupeKey: "x" });
  expect(deps.jobs.sent).toEqual([{ name: "rollout.tick", payload: { rolloutId: "x" }, dedupeKey: "x" }]);
  const stored = await deps.blobs.put((async function* () { yield await Promise.resolve(Buffer.from("hello")); })(), { maxBytes: 100 });
  expect(Buffer.from(await deps.blobs.read(stored.sha256, 0, 5)).toString()).toBe("hello");
});
