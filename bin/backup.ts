import { statSync } from "node:fs";
import path from "node:path";

import { writeBackup } from "./support/backup";
import { runCommand } from "./support/fail";
import { withInstallation } from "./support/offline";
import { openProgress } from "./support/progress";

await runCommand(() =>
  withInstallation(process.env, async ({ env, home }, database) => {
    const given = process.argv.slice(2);
    const withoutFiles = given.includes("--without-files");
    const file = path.resolve(given.find((argument) => !argument.startsWith("--")) ?? path.join(home, "backups", `slipway-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.tar`));
    const progress = openProgress();
    const { tables, rows, blobs, blobBytes } = await writeBackup({ databaseUrl: database.urls.owner, artifactRoot: env.artifactRoot, s3: env.s3, file, withoutFiles, progress });
    const files = withoutFiles ? `none of the files in ${env.artifactRoot} (${progress.bytes(blobBytes)}; back those up yourself)` : `the ${blobs} files of ${env.artifactRoot} (${progress.bytes(blobBytes)})`;
    progress.end(`Backed up ${tables} tables with ${rows} rows and ${files}: ${progress.bytes(statSync(file).size)}`);
    process.stdout.write(`${file}\n`);
    return 0;
  }),
);
process.exit();
