import { statSync } from "node:fs";
import path from "node:path";

import { writeBackup } from "./support/backup";
import { runCommand } from "./support/fail";
import { withInstallation } from "./support/offline";
import { openProgress } from "./support/progress";

await runCommand(() =>
  withInstallation(process.env, async ({ env, home }, database) => {
    const file = path.resolve(process.argv[2] ?? path.join(home, "backups", `slipway-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.tar`));
    const progress = openProgress();
    const { tables, rows, blobs } = await writeBackup({ databaseUrl: database.urls.owner, artifactRoot: env.artifactRoot, file, progress });
    progress.end(`Backed up ${tables} tables with ${rows} rows and ${blobs} files: ${progress.bytes(statSync(file).size)}`);
    process.stdout.write(`${file}\n`);
    return 0;
  }),
);
process.exit();
