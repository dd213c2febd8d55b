import { spawn } from "node:child_process";
import path from "node:path";

import { AppError } from "@/lib/core/errors";
import { openBlobStore } from "@/lib/platform/blob-store";
import { inspectMigrations } from "@/lib/platform/db/migrate";
import { parseEnv } from "@/lib/platform/env";
import { internalSecret } from "@/lib/platform/keys";

import { buildConsole } from "./support/build-console";
import { requireDatabase } from "./support/database";
import { runCommand } from "./support/fail";
import { projectRoot } from "./support/home";
import { requireFreePorts } from "./support/ports";
import { wantedPorts } from "./support/processes";
import { runtimeVariables } from "./support/settings";
import { migrations } from "./support/upgrade";

const programs: Record<string, { program: string; port: number }> = {
  web: { program: "bin/web.js", port: 0 },
  gateway: { program: "workers/gateway/main.js", port: 1 },
  runtime: { program: "workers/runtime/main.js", port: 2 },
  worker: { program: "workers/main.js", port: 3 },
};

/** What one process alone needs from the outside, each missing thing named. */
const checkNeeds = async (name: string, variables: NodeJS.ProcessEnv): Promise<Record<string, string>> => {
  const own = Object.fromEntries(Object.entries(variables).filter((pair): pair is [string, string] => pair[1] !== undefined));
  if (name === "runtime") {
    const key = variables["SLIPWAY_SECRET_KEY"];
    if (!key && !variables["SLIPWAY_RUNTIME_SECRET"] && !variables["SLIPWAY_RUNTIME_SECRET_FILE"]) {
      throw new AppError("invalid", "env.invalid", "The runtime needs SLIPWAY_RUNTIME_SECRET, SLIPWAY_RUNTIME_SECRET_FILE, or the SLIPWAY_SECRET_KEY of the installation, from which it derives its secret.");
    }
    const env = parseEnv({ ...own, DATABASE_URL: "postgres://unused", SLIPWAY_SECRET_KEY: key ?? "0".repeat(64) });
    const given = runtimeVariables(own, env);
    return key ? { ...given, SLIPWAY_RUNTIME_SECRET: own["SLIPWAY_RUNTIME_SECRET"] ?? internalSecret(env.secretKey, "runtime") } : given;
  }
  const env = parseEnv(own);
  await requireDatabase(env.databaseUrl, "DATABASE_URL");
  const { pending } = await inspectMigrations(env.directDatabaseUrl, migrations);
  if (pending.length > 0) throw new AppError("conflict", "db.older", `The database lacks ${pending.join(", ")}. Run \`npm run migrate\` first, with SLIPWAY_MIGRATION_DATABASE_URL of its owner.`);
  if (name !== "gateway") await openBlobStore(env).check();
  return { ...own, NODE_ENV: "production" };
};

await runCommand(async () => {
  const [name = ""] = process.argv.slice(2);
  const found = programs[name];
  if (!found) throw new AppError("invalid", "start.unknown", `There is no process "${name}".`);
  const variables = await checkNeeds(name, process.env);
  const wanted = wantedPorts({ env: parseEnv({ DATABASE_URL: "postgres://unused", SLIPWAY_SECRET_KEY: "0".repeat(64), ...variables }) })[found.port];
  if (wanted) await requireFreePorts([wanted]);
  if (name === "web") await buildConsole();
  const child = spawn(process.execPath, ["--enable-source-maps", path.join(projectRoot, "dist", found.program)], { cwd: projectRoot, env: variables as NodeJS.ProcessEnv, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
});
process.exit();
