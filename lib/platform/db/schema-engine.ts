import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineBindings from "@prisma/schema-engine-wasm/schema_engine_bg";

import { Client } from "pg";

import { AppError } from "@/lib/core/errors";

/*
 * Prisma's own migration engine needs a native binary that no package registry carries; the same engine compiled to
 * WebAssembly keeps the same `_prisma_migrations` ledger.
 */

type Bindings = typeof engineBindings & { __wbg_set_wasm: (exports: WebAssembly.Exports) => void };
type Engine = engineBindings.SchemaEngine;

const filters = { externalTables: [], externalEnums: [] };
let instantiated: Promise<void> | undefined;
let panicMessage = "";

/** The engine reports a panic through this registry before it traps. */
const panicRegistry = { set_message: (message: string) => void (panicMessage = message) };

const instantiate = async (): Promise<void> => {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panicRegistry });
  const require = createRequire(import.meta.url);
  const file = path.join(path.dirname(require.resolve("@prisma/schema-engine-wasm")), "schema_engine_bg.wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), { "./schema_engine_bg.js": engineBindings as unknown as WebAssembly.ModuleImports });
  (engineBindings as Bindings).__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
};

/** The adapter cuts scripts at every semicolon, which breaks function bodies; Postgres itself parses a whole script well. */
const openAdapter = (url: string): { factory: PrismaPg; close: () => Promise<void> } => {
  const factory = new PrismaPg({ connectionString: url });
  const connect = factory.connect.bind(factory);
  const opened: { dispose: () => Promise<void> }[] = [];
  factory.connect = async () => {
    const connection = await connect();
    opened.push(connection);
    connection.executeScript = async (script) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(script);
      } finally {
        await client.end();
      }
    };
    return connection;
  };
  return {
    factory,
    close: async () => {
      await Promise.all(opened.map((connection) => connection.dispose()));
    },
  };
};

/** The engine never closes its connections itself, and a database that is connected to can't be a template. */
const withEngine = async <T>(url: string, work: (engine: Engine) => Promise<T>): Promise<T> => {
  instantiated ??= instantiate();
  await instantiated;
  const { factory, close } = openAdapter(url);
  try {
    const engine = await engineBindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await close();
  }
};

const loadMigrations = async (folder: string): Promise<engineBindings.MigrationList> => {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: await readFile(path.join(folder, name, "migration.sql"), "utf8") } },
    })),
  );
  return {
    baseDir: folder,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
    shadowDbInitScript: "",
    migrationDirectories,
  };
};

/** Names of the migrations that this code carries, in order. */
export const listMigrations = async (folder: string): Promise<string[]> => (await loadMigrations(folder)).migrationDirectories.map((directory) => directory.path);

/** Applies the migrations of `folder` that the database at `url` lacks and returns their names; raises internal with the failing statement. */
export const applyMigrations = async (url: string, folder: string): Promise<string[]> => {
  const migrationsList = await loadMigrations(folder);
  try {
    return await withEngine(url, async (engine) => (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames);
  } catch (cause) {
    throw new AppError("internal", "db.migration_failed", `A migration failed: ${panicMessage || String(cause)}`, { cause });
  }
};

/** Prints the SQL that leads from one Prisma schema (its files) to another; an empty list means an empty database. */
export const diffSchemas = (url: string, from: engineBindings.SchemaContainer[], to: engineBindings.SchemaContainer[]): Promise<string> =>
  withEngine(url, async (engine) => {
    const start = from.length === 0 ? ({ tag: "empty" } as const) : ({ tag: "schemaDatamodel", files: from } as const);
    const result = await engine.diff({ from: start, to: { tag: "schemaDatamodel", files: to }, script: true, exitCode: null, filters });
    return result.stdout ?? "";
  });
