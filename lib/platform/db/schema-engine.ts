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
const openAdapter = (url: string): PrismaPg => {
  const factory = new PrismaPg({ connectionString: url });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const connection = await connect();
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
  return factory;
};

const openEngine = async (url: string): Promise<Engine> => {
  instantiated ??= instantiate();
  await instantiated;
  const adapter = bindMigrationAwareSqlAdapterFactory(openAdapter(url));
  return engineBindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
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
  const engine = await openEngine(url);
  try {
    return (await engine.applyMigrations({ migrationsList: await loadMigrations(folder), filters })).appliedMigrationNames;
  } catch (cause) {
    throw new AppError("internal", "db.migration_failed", `A migration failed: ${panicMessage || String(cause)}`, { cause });
  } finally {
    engine.free();
  }
};

/** Prints the SQL that leads from one Prisma schema (its files) to another; an empty list means an empty database. */
export const diffSchemas = async (url: string, from: engineBindings.SchemaContainer[], to: engineBindings.SchemaContainer[]): Promise<string> => {
  const engine = await openEngine(url);
  try {
    const start = from.length === 0 ? ({ tag: "empty" } as const) : ({ tag: "schemaDatamodel", files: from } as const);
    const result = await engine.diff({ from: start, to: { tag: "schemaDatamodel", files: to }, script: true, exitCode: null, filters });
    return result.stdout ?? "";
  } finally {
    engine.free();
  }
};
