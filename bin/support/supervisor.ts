import { statfsSync } from "node:fs";

import { bootstrapInstallation, type BootstrapResult } from "@/lib/identity/server";
import { AppError } from "@/lib/core/errors";
import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock } from "@/lib/platform/clock";
import { openDatabase, poolMax } from "@/lib/platform/db";
import { parseEnv } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";

import { type Child, superviseChild } from "./children";
import { openDatabaseServer, type OpenedDatabase } from "./database";
import { prepareHome, readSecrets } from "./home";
import { openLogFiles } from "./log-files";
import { requireFreePorts } from "./ports";
import { describeProcesses, reachable, wantedPorts } from "./processes";
import { type Claim, claimHome, type Running } from "./running";
import { chooseSecretKey, type Installation, readInstallation } from "./settings";
import { upgradeDatabase } from "./upgrade";

export type Started = { running: Running; admin: BootstrapResult; stop: () => Promise<void> };

const leastFreeBytes = 200_000_000;

const requireSpace = (home: string): void => {
  const { bavail, bsize } = statfsSync(home);
  if (bavail * bsize < leastFreeBytes) throw new AppError("disk_full", "start.disk_full", `The disk of ${home} is full (${Math.floor((bavail * bsize) / 1e6)} MB left; 200 MB are needed to start). Free some space, or set SLIPWAY_HOME to another disk.`);
};

const bootstrap = async ({ env, variables }: Installation, database: OpenedDatabase): Promise<BootstrapResult> => {
  const log = openLogger("supervisor", "error");
  const db = openDatabase({ url: database.urls.web, poolMax: poolMax.command, applicationName: "slipway-supervisor", statementTimeoutMs: 60_000 });
  try {
    const deps = { db, clock: databaseClock, blobs: openBlobStore(env), jobs: { send: () => Promise.resolve() }, log, env };
    return await bootstrapInstallation(deps, { email: variables["SLIPWAY_ADMIN_EMAIL"], password: variables["SLIPWAY_ADMIN_PASSWORD"], token: variables["SLIPWAY_ADMIN_TOKEN"] });
  } finally {
    await db.$disconnect();
  }
};

/** Ends what was started, in the reverse order of need: who takes requests first, the database last. */
const stopAll = async (children: readonly Child[], database: OpenedDatabase | undefined): Promise<void> => {
  for (const name of ["gateway", "worker", "runtime", "web"]) await children.find((child) => child.spec.name === name)?.stop();
  await database?.stop();
};

/** Starts a whole installation in `home` and returns when every process answers. What was started is stopped again when a part fails. */
export const startInstallation = async (home: string, variables: NodeJS.ProcessEnv, say: (line: string) => void, signal: AbortSignal): Promise<Started> => {
  prepareHome(home);
  requireSpace(home);
  const secrets = readSecrets(home);
  const settings = parseEnv({ ...variables, SLIPWAY_HOME: home, SLIPWAY_SECRET_KEY: chooseSecretKey(variables, secrets), DATABASE_URL: variables["DATABASE_URL"] ?? "postgres://embedded" });
  const claim: Claim & { controlPort: number } = await claimHome(home);
  const logs = openLogFiles(`${home}/logs`);
  let database: OpenedDatabase | undefined;
  let publish = (): void => undefined;
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    await stopAll(children, database);
    logs.stop();
    claim.release();
  };
  try {
    await requireFreePorts(wantedPorts({ env: settings }), claim.wasLeftOver ? 15_000 : 0);
    database = await openDatabaseServer(home, secrets, variables, (line) => {
      say(line);
      publish();
    });
    const installation = readInstallation(variables, home, secrets, database);
    const { env } = installation;
    await openBlobStore(env).check();
    const state: Running = {
      pid: process.pid,
      controlPort: claim.controlPort,
      home,
      url: env.publicUrl,
      gatewayUrl: env.gatewayPublicUrl,
      runtimeUrl: env.runtimeUrl,
      workerUrl: `http://${reachable(env.host)}:${env.workerPort}`,
      startedAt: new Date().toISOString(),
      isReady: false,
      processes: {},
    };
    publish = (): void => claim.update({ ...state, processes: Object.fromEntries([...children.map((child) => [child.spec.name, child.pid() ?? 0] as const), ["postgres", database?.pid() ?? 0]]) });
    publish();
    await upgradeDatabase(database, { home, artifactRoot: env.artifactRoot, s3: env.s3, say });
    const admin = await bootstrap(installation, database);
    for (const spec of describeProcesses(installation, database)) children.push(superviseChild(spec, logs, say, () => publish()));
    for (const child of children) await child.waitUntilReady(signal);
    state.isReady = true;
    publish();
    return { running: state, admin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
