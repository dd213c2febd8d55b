import { runMigrations } from "bullmq";
import { Client } from "pg";

/** The schema of Postgres that holds BullMQ's tables. */
export const queueSchema = "bullmq";

/** Brings BullMQ's tables up to date; run as the owner of the database. */
export const migrateQueue = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await runMigrations(client, queueSchema);
  } finally {
    await client.end();
  }
};
