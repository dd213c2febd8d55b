import path from "node:path";

import type { BlobStoreEnv } from "@/lib/platform/blob-store";
import { inspectMigrations, migrateDatabase, migrationsFolder } from "@/lib/platform/db/migrate";
import { grantAllKinds, grantRights } from "@/lib/platform/db/roles";
import { migrateQueue } from "@/lib/platform/queue";

import { writeBackup } from "./backup";
import type { OpenedDatabase } from "./database";
import { projectRoot } from "./home";

export const migrations = migrationsFolder(projectRoot);

/** Brings the database up to this release as its owner; one that holds data is backed up first. Returns what was applied. */
export const upgradeDatabase = async (database: OpenedDatabase, options: BlobStoreEnv & { home: string; say: (line: string) => void }): Promise<string[]> => {
  const { owner, web } = database.urls;
  const { applied, pending } = await inspectMigrations(owner, migrations);
  if (applied.length > 0 && pending.length > 0) {
    const file = path.join(options.home, "backups", `before-${pending[0] ?? "migration"}-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.tar`);
    options.say(`The database is of an earlier release: backing it up to ${file} before it is migrated …`);
    await writeBackup({ databaseUrl: owner, artifactRoot: options.artifactRoot, s3: options.s3, file });
  }
  const done = await migrateDatabase(owner, migrations);
  await migrateQueue(owner);
  const appRole = decodeURIComponent(new URL(web).username);
  if (database.isEmbedded) await grantRights(owner);
  else if (appRole !== decodeURIComponent(new URL(owner).username)) await grantAllKinds(owner, appRole);
  return done;
};
