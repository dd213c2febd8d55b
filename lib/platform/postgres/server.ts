import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { Client } from "pg";

import { AppError, messageOf } from "@/lib/core/errors";

import { type Binaries, locateBinaries } from "./binaries";
import { ensurePostgresUser, findClosedParent, type SystemUser } from "./system-user";
import { guardProcess } from "./watchdog";

export type ServerOptions = {
  /** Holds `data`; made when missing. */
  folder: string;
  port: number;
  /** Of the superuser `postgres`; fixed by the first start. */
  password: string;
  settings?: Record<string, string>;
  onLog?: (line: string) => void;
  /** Called when the server ends without having been asked to. */
  onExit?: (code: number | null) => void;
};

export type PostgresServer = { url: (database: string, role?: { name: string; password: string }) => string; pid: number; stop: () => Promise<void>; kill: () => void };

/** Connections that the embedded server takes, three of which it keeps for its superuser. */
export const embeddedMaxConnections = 80;

const defaults: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: String(embeddedMaxConnections),
  timezone: "UTC",
  log_timezone: "UTC",
  jit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  log_checkpoints: "off",
  autovacuum_naptime: "10s", // plans that were made for an empty table are made anew as soon as it is counted
};

const programEnv = { NODE_ENV: "production", PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } as const;

const describeExit = (lines: readonly string[]): string => lines.filter((line) => /FATAL|PANIC|ERROR|HINT|error:/.test(line)).slice(-3).join(" ") || lines.slice(-3).join(" ");

const runToEnd = (command: string, args: string[], user: SystemUser | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...user, cwd: "/", env: programEnv, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => lines.push(...chunk.toString().split("\n").filter(Boolean)));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${path.basename(command)} ended with ${code ?? "a signal"}: ${describeExit(lines)}`))));
  });

const initialise = async (binaries: Binaries, options: ServerOptions, data: string, user: SystemUser | undefined): Promise<void> => {
  const passwordFile = path.join(options.folder, "password");
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [`--pgdata=${data}`, "--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  if (options.settings?.["fsync"] === "off") args.push("--no-sync");
  try {
    await runToEnd(binaries.initdb, args, user);
  } catch (cause) {
    rmSync(data, { recursive: true, force: true }); // half a cluster would be refused by every later start
    throw new AppError("unavailable", "postgres.initdb_failed", `The embedded Postgres could not be set up in ${data}: ${messageOf(cause)}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
};

const checkMajor = (data: string, binaries: Binaries): void => {
  const found = Number.parseInt(readFileSync(path.join(data, "PG_VERSION"), "utf8"), 10);
  if (found === binaries.major) return;
  throw new AppError("conflict", "postgres.other_major", `The data in ${data} is of Postgres ${found}, this release brings Postgres ${binaries.major}. With the release that wrote it run \`npm run backup\`, then with this one \`SLIPWAY_HOME=<empty folder> npm run restore -- FILE\`.`);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** A server that outlived its supervisor is stopped first, so that its log and its end are ours again. */
const stopLeftOver = async (data: string): Promise<void> => {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const [pid, folder] = readFileSync(file, "utf8").split("\n");
  const number = Number(pid);
  if (!number || folder !== data || !isAlive(number)) return;
  process.kill(number, "SIGINT");
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (!isAlive(number) || !existsSync(file)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new AppError("unavailable", "postgres.left_over", `A Postgres from an earlier start (process ${number}) holds ${data} and does not end. Stop it, then start again.`);
};

const waitUntilReady = async (url: string, hasEnded: () => string | undefined): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const reason = hasEnded();
    if (reason !== undefined) throw new AppError("unavailable", "postgres.start_failed", `The embedded Postgres did not start: ${reason}`);
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => undefined); // a connection that breaks while the server starts is tried again below
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new AppError("unavailable", "postgres.start_failed", `The embedded Postgres did not answer within 60 s: ${messageOf(cause)}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

const prepareFolder = (folder: string, user: SystemUser | undefined): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!user) return;
  chownSync(folder, user.uid, user.gid);
  const closed = findClosedParent(folder, user);
  if (closed) throw new AppError("unavailable", "postgres.folder_closed", `Postgres can't run as root, and the user it runs as may not enter ${closed}. Set SLIPWAY_HOME to a folder that others may pass through, such as /var/lib/slipway/home, or set DATABASE_URL.`);
};

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const force = setTimeout(() => child.kill("SIGQUIT"), 20_000);
    child.on("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGINT"); // fast shutdown: open transactions are rolled back, the rest is flushed
  });

/** Starts the Postgres that npm brought on 127.0.0.1, set up on first use. It ends with this process, even when that is killed. */
export const startPostgres = async (options: ServerOptions): Promise<PostgresServer> => {
  const user = ensurePostgresUser();
  const binaries = locateBinaries(user);
  prepareFolder(options.folder, user);
  const data = path.join(options.folder, "data");
  if (existsSync(path.join(data, "PG_VERSION"))) checkMajor(data, binaries);
  else await initialise(binaries, options, data, user);
  await stopLeftOver(data);

  const settings = Object.entries({ ...defaults, ...options.settings }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", data, "-p", String(options.port), ...settings], { ...user, cwd: "/", env: programEnv, stdio: ["ignore", "ignore", "pipe"], detached: true });
  const recent: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n").filter(Boolean)) {
      recent.push(line);
      if (recent.length > 20) recent.shift();
      options.onLog?.(line);
    }
  });
  let isUp = false;
  let stopping = false;
  let failure: string | undefined;
  child.on("error", (error) => (failure = error.message));
  child.on("exit", (code) => {
    failure ??= describeExit(recent);
    if (isUp && !stopping) options.onExit?.(code);
  });
  const releaseGuard = child.pid === undefined ? () => undefined : guardProcess(child.pid);
  const url: PostgresServer["url"] = (database, role = { name: "postgres", password: options.password }) =>
    `postgres://${encodeURIComponent(role.name)}:${encodeURIComponent(role.password)}@127.0.0.1:${options.port}/${database}`;
  try {
    await waitUntilReady(url("postgres"), () => failure);
  } catch (error) {
    stopping = true;
    await end(child);
    releaseGuard();
    throw error;
  }
  isUp = true;
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      stopping = true;
      await end(child);
      releaseGuard();
    },
    kill: () => child.kill("SIGKILL"),
  };
};
