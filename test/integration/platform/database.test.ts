import { afterAll, beforeAll, expect, test } from "vitest";

import { openDatabase } from "@/lib/platform/db";
import { testDatabase, type TestDatabase } from "@/test/support/database";

let first: TestDatabase;
let second: TestDatabase;
beforeAll(async () => {
  [first, second] = [await testDatabase(), await testDatabase()];
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
});

test("each clone has every table and is its own", async () => {
  await first.db.workspace.create({ data: { id: "019aa000-0000-7000-8000-000000000001", name: "acme", title: "Acme", createdAt: new Date() } });
  expect(await first.db.workspace.count()).toBe(1);
  expect(await second.db.workspace.count()).toBe(0);
});

test("nobody changes what is append-only: the roles have no right, and a trigger refuses the owner too", async () => {
  await expect(first.db.$executeRaw`UPDATE audit_event SET action = 'x'`).rejects.toThrow(/permission denied/);
  await expect(first.db.$executeRaw`DELETE FROM route_revision`).rejects.toThrow(/permission denied/);
  const owner = openDatabase({ url: first.ownerUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 5_000 });
  await expect(owner.$executeRaw`TRUNCATE outbox_event`).rejects.toThrow(/append-only/);
  await owner.$disconnect();
});
