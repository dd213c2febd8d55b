import path from "node:path";

import { Client } from "pg";

import { AppError } from "@/lib/core/errors";

import { applyMigrations, listMigrations } from "./schema-engine";

export const migrationsFolder = (root: string): string => path.join(root, "prisma", "migrations");

/** Names of the migrations that the database at `url` has finished, in order; empty for a database without our ledger. */
export const readLedger = async (url: string): Promise<string[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const ledger = await client.query<{ found: string | null }>(`SELECT to_regclass('public._prisma_migrations')::text AS found`);
    if (!ledger.rows[0]?.found) return [];
    const rows = await client.query<{ migration_name: string }>(`SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`);
    return rows.rows.map((row) => row.migration_name);
  } finally {
    await client.end();
  }
};

export type MigrationState = { applied: string[]; pending: string[] };

/** Compares the database with this code; raises conflict when the database is newer. */
export const inspectMigrations = async (url: string, folder: string): Promise<MigrationState> => {
  const known = await listMigrations(folder);
  const applied = await readLedger(url);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new AppError("conflict", "db.newer", `The database is newer than this release (it holds ${unknown.join(", ")}). Start the newer release, or restore a backup of this one with \`npm run restore -- FILE\` into an empty home.`);
  }
  return { applied, pending: known.filter((name) => !applied.includes(name)) };
};

/** Applies what is pending, as the owner of the database, and returns the names. */
export const migrateDatabase = async (url: string, folder: string): Promise<string[]> => {
  const { pending } = await inspectMigrations(url, folder);
  return pending.length === 0 ? [] : applyMigrations(url, folder);
};
