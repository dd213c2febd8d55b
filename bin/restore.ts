import { existsSync, rmSync } from "node:fs";
import path from "node:path";

import { AppError } from "@/lib/core/errors";

import { runCommand } from "./support/fail";
import { findHome, isEmptyHome } from "./support/home";
import { withInstallation } from "./support/offline";
import { openProgress } from "./support/progress";
import { readBackup } from "./support/restore";
import { findRunning } from "./support/running";
import { migrations, upgradeDatabase } from "./support/upgrade";

await runCommand(async () => {
  const given = process.argv[2];
  if (!given) throw new AppError("invalid", "restore.no_file", "Name the backup: npm run restore -- FILE");
  const file = path.resolve(given);
  if (!existsSync(file)) throw new AppError("not_found", "restore.no_file", `There is no file ${file}.`);
  const home = findHome(process.env);
  const running = await findRunning(home);
  if (running) throw new AppError("conflict", "restore.running", `Slipway runs from ${home} (process ${running.pid}). Restore into an empty home: SLIPWAY_HOME=<empty folder> npm run restore -- FILE`);
  if (!isEmptyHome(home)) throw new AppError("conflict", "restore.not_empty", `The home ${home} is not empty. Restore into another one: SLIPWAY_HOME=<empty folder> npm run restore -- FILE`);
  try {
    return await withInstallation(process.env, async ({ env }, database) => {
      const progress = openProgress();
      const { rows, blobs, filesIncluded, createdAt } = await readBackup({ ownerUrl: database.urls.owner, artifactRoot: env.artifactRoot, s3: env.s3, file, migrationsFolder: migrations, progress });
      const applied = await upgradeDatabase(database, { home, artifactRoot: env.artifactRoot, s3: env.s3, say: () => undefined });
      progress.end(`Restored ${rows} rows and ${filesIncluded ? `${blobs} files` : `no files (the backup holds none; all ${blobs} that it names are in ${env.artifactRoot})`} of ${createdAt}${applied.length > 0 ? `, then applied ${applied.join(", ")}` : ""}`);
      process.stdout.write(`${home}\n`);
      return 0;
    });
  } catch (error) {
    for (const part of ["postgres", "artifacts"]) rmSync(path.join(home, part), { recursive: true, force: true }); // it was empty before
    throw error;
  }
});
process.exit();
