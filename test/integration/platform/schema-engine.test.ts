import { readdirSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { diffSchemas } from "@/lib/platform/db/schema-engine";
import { testDatabase } from "@/test/support/database";

const files = readdirSync("prisma/schema").map((name) => ({ path: `prisma/schema/${name}`, content: readFileSync(`prisma/schema/${name}`, "utf8") }));

it("prints the SQL of a new migration from two states of the schema", async () => {
  const database = await testDatabase();
  try {
    const all = await diffSchemas(database.ownerUrl, [], files);
    expect(all).toContain('CREATE TABLE "audit_event"');
    expect(await diffSchemas(database.ownerUrl, files, files)).not.toContain("TABLE");
    const widened = files.map((file) => (file.path.endsWith("identity.prisma") ? { ...file, content: file.content.replace("  title String", "  title String\n  motto String?") } : file));
    expect(await diffSchemas(database.ownerUrl, files, widened)).toContain('ALTER TABLE "workspace" ADD COLUMN     "motto" TEXT');
  } finally {
    await database.close();
  }
});

it("tells which tables the migrations make: exactly those of the schema", async () => {
  const database = await testDatabase();
  try {
    const all = await diffSchemas(database.ownerUrl, [], files);
    const wanted = [...all.matchAll(/CREATE TABLE "(\w+)"/g)].map((match) => match[1]).sort();
    const rows = await database.db.$queryRaw<{ name: string }[]>`SELECT relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT IN ('_prisma_migrations', 'prediction_outcome')`;
    expect(rows.map((row) => row.name).sort()).toEqual(wanted);
  } finally {
    await database.close();
  }
});
