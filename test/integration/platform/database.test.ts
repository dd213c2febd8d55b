import { afterAll, beforeAll, expect, test } from "vitest";

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

test("the database itself refuses to change an audit event", async () => {
  await expect(first.db.$executeRaw`TRUNCATE outbox_event`).rejects.toThrow(/append-only/);
});
