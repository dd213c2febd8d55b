import { readFileSync } from "node:fs";
import path from "node:path";

import { roleNames } from "@/lib/platform/db/roles";

import { openDatabaseServer, type OpenedDatabase } from "./database";
import { findHome, prepareHome, readSecrets } from "./home";
import { findRunning } from "./running";
import { type Installation, readInstallation } from "./settings";

/** The database of an installation, whether it runs (then it is left running) or not (then it is started for this command alone). */
export const withInstallation = async <T>(variables: NodeJS.ProcessEnv, work: (installation: Installation, database: OpenedDatabase) => Promise<T>): Promise<T> => {
  const home = findHome(variables);
  prepareHome(home);
  const secrets = readSecrets(home);
  const running = await findRunning(home);
  const database = running && !variables["DATABASE_URL"] ? connectRunning(home, secrets.postgres) : await openDatabaseServer(home, secrets, variables);
  try {
    return await work(readInstallation(variables, home, secrets, database), database);
  } finally {
    await database.stop();
  }
};

const connectRunning = (home: string, passwords: Record<"owner" | "web" | "worker" | "gateway", string>): OpenedDatabase => {
  const port = readFileSync(path.join(home, "postgres.port"), "utf8").trim();
  const url = (kind: keyof typeof passwords): string => `postgres://${roleNames[kind]}:${passwords[kind]}@127.0.0.1:${port}/slipway`;
  return { isEmbedded: true, urls: { owner: url("owner"), web: url("web"), worker: url("worker"), gateway: url("gateway") }, pid: () => undefined, stop: () => Promise.resolve() };
};
