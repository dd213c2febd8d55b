import { z } from "zod";

/*
 * A backup is one tar: manifest.json, then the tables in an order in which references always point backwards, each as the
 * parts of one binary COPY (tables/<schema>.<name>/<part>), then the blobs by digest, then complete.json, which tells a
 * whole file from a cut one. Waking jobs, answers kept for repeats and the sums of stored bytes are left out: all of them are made again.
 */
export const backupFormat = 1;

const tableSchema = z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()) });
export type TableShape = z.infer<typeof tableSchema>;

export const manifestSchema = z.object({
  format: z.literal(backupFormat),
  createdAt: z.string(),
  /** Version of the schema: the migrations that the database had finished. */
  migrations: z.array(z.string()),
  postgresVersion: z.string(),
  tables: z.array(tableSchema),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), lastValue: z.string() })),
  /** Files that the rows name. `included: false`: they stayed in their store, and only the rows are here. */
  blobs: z.object({ count: z.number(), bytes: z.number(), included: z.boolean().default(true) }),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const completeSchema = z.object({ rows: z.number(), blobs: z.number() });

export const leftOut = new Set(["public._prisma_migrations", "public.idempotency_key", "public.workspace_storage"]);

export const partPrefix = (table: TableShape): string => `tables/${table.schema}.${table.name}/`;
export const partBytes = 4_000_000;

/** The day of a daily partition, told by its name; undefined for other tables. */
export const partitionDay = (table: TableShape): string | undefined => {
  const digits = /_(\d{4})(\d{2})(\d{2})$/.exec(table.name);
  return digits ? digits.slice(1).join("-") : undefined;
};
