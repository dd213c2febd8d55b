import { runCommand } from "./support/fail";
import { withInstallation } from "./support/offline";
import { upgradeDatabase } from "./support/upgrade";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await runCommand(() =>
  withInstallation(process.env, async ({ env, home }, database) => {
    const applied = await upgradeDatabase(database, { home, artifactRoot: env.artifactRoot, s3: env.s3, say });
    say(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
    return 0;
  }),
);
process.exit();
