import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { Client } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { pack, type Pack } from "tar-stream";

import { AppError } from "@/lib/core/errors";
import type { BlobStore } from "@/lib/platform/blobs";
import { type BlobStoreEnv, openBlobStore } from "@/lib/platform/blob-store";
import { readLedger } from "@/lib/platform/db/migrate";

import { backupFormat, type Manifest, partBytes, partPrefix, type TableShape } from "./backup-format";
import { listSequences, listTables, qualified } from "./catalog";
import { type Progress, silentProgress } from "./progress";

export type BackupOptions = BlobStoreEnv & {
  databaseUrl: string;
  file: string;
  /** Leaves the files where they are, for a store that is backed up by other means. */
  withoutFiles?: boolean;
  progress?: Progress;
};
export type BackupResult = { tables: number; rows: number; blobs: number; blobBytes: number };

type BlobRow = { sha256: string; size: string };

const addEntry = (tar: Pack, name: string, content: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    tar.entry({ name, size: content.length }, content, (error) => (error ? reject(error) : resolve()));
  });

const addTable = async (client: Client, tar: Pack, table: TableShape): Promise<number> => {
  const stream = client.query(copyTo(`COPY ${qualified(table)} (${table.columns.map((column) => `"${column}"`).join(", ")}) TO STDOUT (FORMAT binary)`));
  let waiting: Buffer[] = [];
  let bytes = 0;
  let part = 0;
  const flush = async (): Promise<void> => {
    await addEntry(tar, `${partPrefix(table)}${String(part).padStart(8, "0")}`, Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
    part += 1;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= partBytes) await flush();
  }
  if (bytes > 0) await flush();
  return stream.rowCount ?? 0;
};

const addBlob = async (tar: Pack, blobs: BlobStore, blob: BlobRow): Promise<void> => {
  const source = await blobs.open(blob.sha256);
  await new Promise<void>((resolve, reject) => {
    const entry = tar.entry({ name: `blobs/${blob.sha256}`, size: Number(blob.size) }, (error) => (error ? reject(error) : resolve()));
    source.on("error", reject);
    source.pipe(entry);
  });
};

/** Opens one snapshot over all tables; partitions that retention drops meanwhile are kept by the lock. */
const openSnapshot = async (client: Client): Promise<TableShape[]> => {
  for (let attempt = 1; ; attempt += 1) {
    const tables = await listTables(client);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      await client.query(`LOCK TABLE ${tables.map(qualified).join(", ")} IN ACCESS SHARE MODE`);
      return tables;
    } catch (error) {
      await client.query("ROLLBACK");
      if (attempt === 3) throw error; // a day of the log was dropped between listing and locking, three times over
    }
  }
};

const writeEntries = async (client: Client, tar: Pack, { databaseUrl, progress = silentProgress, withoutFiles = false, ...root }: BackupOptions): Promise<BackupResult> => {
  const migrations = await readLedger(databaseUrl);
  if (migrations.length === 0) throw new AppError("not_found", "backup.empty", "This database holds no Slipway installation; there is nothing to back up.");
  const tables = await openSnapshot(client);
  const blobRows = (await client.query<BlobRow>("SELECT DISTINCT sha256, size::text FROM blob ORDER BY sha256")).rows;
  const version = await client.query<{ server_version: string }>("SHOW server_version");
  const manifest: Manifest = {
    format: backupFormat,
    createdAt: new Date().toISOString(),
    migrations,
    postgresVersion: version.rows[0]?.server_version ?? "",
    tables,
    sequences: await listSequences(client),
    blobs: { count: blobRows.length, bytes: blobRows.reduce((sum, row) => sum + Number(row.size), 0), included: !withoutFiles },
  };
  await addEntry(tar, "manifest.json", Buffer.from(JSON.stringify(manifest, null, 2)));
  const files = withoutFiles ? [] : blobRows;
  const total = tables.length + files.length;
  let done = 0;
  let rows = 0;
  for (const table of tables) {
    progress.step(`${table.schema}.${table.name}`, done, total);
    rows += await addTable(client, tar, table);
    done += 1;
  }
  await client.query("COMMIT");
  const store = openBlobStore(root);
  for (const row of files) {
    progress.step(`file ${row.sha256.slice(0, 12)}`, done, total);
    await addBlob(tar, store, row);
    done += 1;
  }
  await addEntry(tar, "complete.json", Buffer.from(JSON.stringify({ rows, blobs: files.length })));
  tar.finalize();
  return { tables: tables.length, rows, blobs: files.length, blobBytes: manifest.blobs.bytes };
};

/** Writes everything that an installation holds, as of one moment, into one file, while it runs. The file appears when it is whole. */
export const writeBackup = async (options: BackupOptions): Promise<BackupResult> => {
  const half = `${options.file}.part`;
  await mkdir(path.dirname(options.file), { recursive: true });
  const client = new Client({ connectionString: options.databaseUrl, application_name: "slipway-backup" });
  await client.connect();
  const tar = pack();
  const written = pipeline(tar, createWriteStream(half, { mode: 0o600 }));
  try {
    const result = await Promise.race([writeEntries(client, tar, options), written.then(() => Promise.reject(new Error("the backup file ended early")))]).catch((error: unknown) => {
      tar.destroy();
      throw error;
    });
    await written;
    await rename(half, options.file);
    return result;
  } catch (error) {
    await written.catch(() => undefined); // the first error is the one to tell
    await rm(half, { force: true });
    throw error;
  } finally {
    await client.end();
  }
};
