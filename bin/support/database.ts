import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { Client } from "pg";

import { AppError, messageOf } from "@/lib/core/errors";
import { ensureRoles, type RoleKind, roleNames } from "@/lib/platform/db/roles";
import { findFreePort, isPortFree } from "@/lib/platform/postgres";

import type { Secrets } from "./home";
import { keepPostgres } from "./keep-postgres";

export type OpenedDatabase = {
  isEmbedded: boolean;
  urls: Record<RoleKind, string>;
  /** Of the embedded server. */
  pid: () => number | undefined;
  stop: () => Promise<void>;
};

const databaseName = "slipway";

const choosePort = async (home: string, given: string | undefined): Promise<number> => {
  const file = path.join(home, "postgres.port");
  if (given) return Number(given);
  const kept = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const port = kept > 0 && (await isPortFree(kept)) ? kept : await findFreePort();
  writeFileSync(file, String(port));
  return port;
};

/** Opens the database of an installation: the one that DATABASE_URL names, or the embedded server of `home`, started and kept running. */
export const openDatabaseServer = async (home: string, secrets: Secrets, variables: NodeJS.ProcessEnv, report: (line: string) => void = () => undefined): Promise<OpenedDatabase> => {
  const given = variables["DATABASE_URL"];
  if (given) {
    const direct = variables["SLIPWAY_DIRECT_DATABASE_URL"] ?? given;
    const owner = variables["SLIPWAY_MIGRATION_DATABASE_URL"] ?? direct;
    await requireDatabase(owner, variables["SLIPWAY_MIGRATION_DATABASE_URL"] ? "SLIPWAY_MIGRATION_DATABASE_URL" : "DATABASE_URL");
    return { isEmbedded: false, urls: { owner, web: given, worker: given, gateway: given }, pid: () => undefined, stop: () => Promise.resolve() };
  }
  const port = await choosePort(home, variables["SLIPWAY_POSTGRES_PORT"]);
  const server = await keepPostgres({ folder: path.join(home, "postgres"), port, password: secrets.postgres.superuser, onLog: openPostgresLog(home) }, report);
  try {
    await ensureRoles(server.url("postgres"), databaseName, secrets.postgres);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const urlOf = (kind: RoleKind): string => server.url(databaseName, { name: roleNames[kind], password: secrets.postgres[kind] });
  return { isEmbedded: true, urls: { owner: urlOf("owner"), web: urlOf("web"), worker: urlOf("worker"), gateway: urlOf("gateway") }, pid: server.pid, stop: server.stop };
};

const openPostgresLog = (home: string): ((line: string) => void) => {
  const file = path.join(home, "logs", "postgres.log");
  return (line) => {
    try {
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      process.stderr.write(`${line} (not logged: ${messageOf(error)})\n`);
    }
  };
};

/** Raises unavailable with the server's own words when the database named by `variable` can't be used. */
export const requireDatabase = async (url: string, variable: string): Promise<void> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const version = await client.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
    const number = version.rows[0]?.number ?? 0;
    if (number < 160_000) throw new AppError("unavailable", "start.old_postgres", `${variable} names a Postgres ${Math.floor(number / 10_000)}; Slipway needs 16 or newer.`);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("unavailable", "start.no_database", `The database that ${variable} names refuses: ${explainConnection(cause, url)}. Check that it runs and that address, user and password are right.`, { cause });
  } finally {
    await client.end().catch(() => undefined); // a client that never connected has nothing to end
  }
};

const explainConnection = (cause: unknown, url: string): string => {
  const { hostname, port } = new URL(url);
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return `${messageOf(inner) || "no answer"} (${hostname}:${port || "5432"})`;
};
