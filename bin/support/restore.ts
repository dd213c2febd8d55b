import { createReadStream } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";

import { Client, escapeLiteral } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { extract, type Header } from "tar-stream";

import { AppError } from "@/lib/core/errors";
import { isPendingName } from "@/lib/platform/blob-names";
import { type BlobStoreEnv, openBlobStore } from "@/lib/platform/blob-store";
import type { BlobStore } from "@/lib/platform/blobs";
import { applyMigrations, listMigrations } from "@/lib/platform/db/schema-engine";

import { completeSchema, type Manifest, manifestSchema, partitionDay, type TableShape } from "./backup-format";
import { qualified } from "./catalog";
import { type Progress, silentProgress } from "./progress";

export type RestoreOptions = BlobStoreEnv & { ownerUrl: string; file: string; migrationsFolder: string; progress?: Progress };
export type RestoreResult = { rows: number; blobs: number; filesIncluded: boolean; createdAt: string };

type Entry = Readable & { header: Header };

const damaged = (detail: string, cause?: unknown): AppError =>
  new AppError("invalid", "restore.damaged", `The file is no whole backup of Slipway: ${detail}. Nothing was restored.`, cause === undefined ? {} : { cause });

const readAll = async (entry: Entry): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The database gets exactly the migrations of the backup; what this release adds is applied after the rows are in. */
const applySameMigrations = async (manifest: Manifest, { ownerUrl, migrationsFolder }: RestoreOptions): Promise<void> => {
  const known = await listMigrations(migrationsFolder);
  const unknown = manifest.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new AppError("conflict", "restore.newer", `The backup is of a newer release (it holds ${unknown.join(", ")}). Restore it with that release.`);
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-migrations-"));
  try {
    for (const name of manifest.migrations) await cp(path.join(migrationsFolder, name), path.join(folder, name), { recursive: true });
    await applyMigrations(ownerUrl, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const requireEmpty = async (client: Client): Promise<void> => {
  const found = await client.query("SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') LIMIT 1");
  if (found.rowCount) throw new AppError("conflict", "restore.not_empty", "The database is not empty. Restore into a new home (SLIPWAY_HOME=<empty folder>) or into a database without tables.");
};

/** The database was empty before, so what is there now is ours to remove. */
const removeEverything = async (client: Client): Promise<void> => {
  await client.query("DROP SCHEMA IF EXISTS inference CASCADE");
  const tables = await client.query<{ name: string }>("SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition");
  for (const { name } of tables.rows) await client.query(`DROP TABLE IF EXISTS ${qualified({ schema: "public", name })} CASCADE`);
  const functions = await client.query<{ signature: string }>("SELECT p.oid::regprocedure::text AS signature FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')");
  for (const { signature } of functions.rows) await client.query(`DROP FUNCTION IF EXISTS ${signature}`);
};

/** Feeds the parts of one table, which follow each other in the file, into one COPY. */
const openLoader = (client: Client) => {
  let current: { table: TableShape; stream: ReturnType<typeof copyFrom>; ended: Promise<void> } | undefined;
  const close = async (): Promise<void> => {
    if (!current) return;
    const { stream, ended } = current;
    current = undefined;
    stream.end();
    await ended;
  };
  return {
    close,
    /** Tells the server that the rest will not come, so that it takes other commands again. */
    abort: async (reason: Error): Promise<void> => {
      if (!current) return;
      const { stream, ended } = current;
      current = undefined;
      stream.destroy(reason);
      await ended.catch(() => undefined); // that it failed is what was asked for
    },
    feed: async (table: TableShape, content: Readable): Promise<void> => {
      if (current?.table !== table) {
        await close();
        const stream = client.query(copyFrom(`COPY ${qualified(table)} (${table.columns.map((column) => `"${column}"`).join(", ")}) FROM STDIN (FORMAT binary)`));
        const ended = new Promise<void>((resolve, reject) => {
          stream.on("finish", () => resolve());
          stream.on("error", reject);
        });
        ended.catch(() => undefined); // told by the write or the close that meets it
        current = { table, stream, ended };
      }
      const { stream, ended } = current;
      for await (const chunk of content as AsyncIterable<Buffer>) {
        if (!stream.write(chunk)) await Promise.race([new Promise<void>((resolve) => stream.once("drain", () => resolve())), ended]);
      }
    },
  };
};

/** Stores a file under its digest; one that had no digest yet when it was backed up gets it now. */
const restoreBlob = async (client: Client, blobs: BlobStore, name: string, content: AsyncIterable<Buffer>): Promise<void> => {
  const isPending = isPendingName(name);
  const { sha256, size } = await blobs.put(content, { maxBytes: Number.MAX_SAFE_INTEGER, expectedSha256: isPending ? undefined : name });
  if (isPending) await client.query("SELECT settle_pending_blob($1, $2, $3, clock_timestamp())", [name, sha256, size]);
};

/** A backup without files is worth something only beside the store that holds them. */
const requireFiles = async (client: Client, blobs: BlobStore, artifactRoot: string): Promise<void> => {
  const wanted = await client.query<{ name: string }>("SELECT DISTINCT sha256 AS name FROM blob");
  const held = new Set<string>();
  for await (const { sha256 } of blobs.list()) held.add(sha256);
  let missing = 0;
  for (const { name } of wanted.rows) if (!held.has(name) && (await blobs.size(name)) === undefined) missing += 1;
  if (missing > 0) throw new AppError("conflict", "restore.no_files", `The backup holds no files, and ${missing} of the ${wanted.rows.length} that it names are not in ${artifactRoot}. Point SLIPWAY_ARTIFACT_ROOT at the store that they were in.`);
};

const finishTables = async (client: Client, manifest: Manifest): Promise<void> => {
  for (const { schema, name, lastValue } of manifest.sequences) await client.query(`SELECT setval(${escapeLiteral(qualified({ schema, name }))}::regclass, ${BigInt(lastValue)}, true)`);
};

/** Reads a backup into an empty database and artifact store. Rows are one transaction: a damaged file leaves no half installation. */
export const readBackup = async (options: RestoreOptions): Promise<RestoreResult> => {
  const { ownerUrl, file, progress = silentProgress } = options;
  const client = new Client({ connectionString: ownerUrl, application_name: "slipway-restore" });
  await client.connect();
  const tar = extract();
  const source = createReadStream(file);
  source.on("error", (error) => tar.destroy(error));
  const blobs = openBlobStore(options);
  const loader = openLoader(client);
  let manifest: Manifest | undefined;
  let tables = new Map<string, TableShape>();
  let complete: { rows: number; blobs: number } | undefined;
  let loaded = 0;
  try {
    await requireEmpty(client);
    source.pipe(tar); // not before: entries that come while nobody iterates are lost
    for await (const entry of tar as AsyncIterable<Entry>) {
      const { name } = entry.header;
      const [kind, key = ""] = name.split("/");
      if (name === "manifest.json") {
        manifest = manifestSchema.parse(JSON.parse((await readAll(entry)).toString()));
        await applySameMigrations(manifest, options);
        await client.query("BEGIN");
        for (const day of new Set(manifest.tables.map(partitionDay))) if (day) await client.query("SELECT inference.ensure_partitions($1::date, $1::date)", [day]);
        tables = new Map(manifest.tables.map((table) => [`${table.schema}.${table.name}`, table]));
        continue;
      }
      if (!manifest) throw damaged("it does not start with its manifest");
      const table = kind === "tables" ? tables.get(key) : undefined;
      if (table) await loader.feed(table, entry);
      else if (kind === "blobs") {
        await loader.close();
        await restoreBlob(client, blobs, key, entry as AsyncIterable<Buffer>);
        loaded += 1;
      } else if (name === "complete.json") complete = completeSchema.parse(JSON.parse((await readAll(entry)).toString()));
      else throw damaged(`it holds the unknown part ${name.slice(0, 100)}`);
      progress.step(name.slice(0, 60), loaded, manifest.blobs.count);
    }
    await loader.close();
    if (!manifest || !complete) throw damaged("its end is missing");
    if (loaded !== complete.blobs) throw damaged(`${loaded} of ${complete.blobs} files are in it`);
    const { included } = manifest.blobs;
    if (!included) await requireFiles(client, blobs, options.artifactRoot);
    await finishTables(client, manifest);
    await client.query("COMMIT");
    return { rows: complete.rows, blobs: included ? loaded : manifest.blobs.count, filesIncluded: included, createdAt: manifest.createdAt };
  } catch (error) {
    await loader.abort(error instanceof Error ? error : new Error(String(error)));
    await client.query("ROLLBACK").catch(() => undefined); // the connection may be what failed
    if (manifest) await removeEverything(client).catch(() => undefined); // the first error is the one to tell
    if (error instanceof AppError) throw error;
    throw damaged(error instanceof Error ? error.message : String(error), error);
  } finally {
    await client.end();
  }
};
