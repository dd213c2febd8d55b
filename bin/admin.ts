import { AppError } from "@/lib/core/errors";
import { createAdminToken, resetAdmin } from "@/lib/identity/server";
import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock } from "@/lib/platform/clock";
import { openDatabase, poolMax } from "@/lib/platform/db";
import { openLogger } from "@/lib/platform/log";

import { collectGarbage } from "./support/collect-garbage";
import { runCommand } from "./support/fail";
import { withInstallation } from "./support/offline";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await runCommand(() =>
  withInstallation(process.env, async ({ env }, database) => {
    const [action, email] = process.argv.slice(2);
    const db = openDatabase({ url: action === "gc" ? database.urls.worker : database.urls.web, poolMax: poolMax.command, applicationName: "slipway-admin", statementTimeoutMs: 60_000 });
    const deps = { db, clock: databaseClock, blobs: openBlobStore(env), jobs: { send: () => Promise.resolve() }, log: openLogger("admin", "error"), env };
    try {
      if (action === "reset") {
        const reset = await resetAdmin(deps, { email });
        say(`${reset.email} has a new password, shown this once: ${reset.password}`);
      } else if (action === "token") {
        const made = await createAdminToken(deps, { email });
        say(`A token of ${made.email} until ${made.expiresAt.toISOString().slice(0, 10)}, shown this once: ${made.secret}`);
      } else if (action === "gc") {
        await collectGarbage(deps, process.argv.includes("--dry-run"), say);
      } else throw new AppError("invalid", "admin.unknown", "Say what to do: npm run admin -- reset [EMAIL], npm run admin -- token [EMAIL], or npm run admin -- gc [--dry-run]");
      return 0;
    } finally {
      await db.$disconnect();
    }
  }),
);
process.exit();
