import { readdir } from "node:fs/promises";
import path from "node:path";

import { messageOf } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";

import { listFinishedMigrations } from "./store-health";

export type Readiness = { ready: boolean; checks: { name: string; ok: boolean; detail?: string }[] };

const checkSchema = async (deps: Pick<Deps, "db">): Promise<string | undefined> => {
  const entries = await readdir(path.join(process.cwd(), "prisma", "migrations"), { withFileTypes: true });
  const carried = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const finished = await listFinishedMigrations(deps.db);
  const pending = carried.filter((name) => !finished.includes(name));
  const newer = finished.filter((name) => !carried.includes(name));
  if (pending.length > 0) return `The database lacks ${pending.join(", ")}: run npm run migrate.`;
  return newer.length > 0 ? `The database is newer than this release: it has ${newer.join(", ")}. Start that release.` : undefined;
};

/** Tells whether web can do its work, and what is missing if not: the database answers and has exactly this release's schema. */
export const checkReadiness = async (deps: Pick<Deps, "db" | "clock">): Promise<Readiness> => {
  const run = async (name: string, check: () => Promise<string | undefined>) => {
    try {
      const detail = await check();
      return detail === undefined ? { name, ok: true } : { name, ok: false, detail };
    } catch (error) {
      return { name, ok: false, detail: messageOf(error) };
    }
  };
  const database = await run("database", async () => {
    await deps.clock.now(deps.db);
    return undefined;
  });
  const checks = database.ok ? [database, await run("schema", () => checkSchema(deps))] : [database];
  return { ready: checks.every(({ ok }) => ok), checks };
};
