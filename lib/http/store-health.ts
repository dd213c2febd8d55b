import type { Database } from "@/lib/platform/db";

/** Names of the migrations that the database has finished. */
export const listFinishedMigrations = async (db: Database): Promise<string[]> => {
  const rows = await db.$queryRaw<{ name: string }[]>`SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return rows.map(({ name }) => name);
};
