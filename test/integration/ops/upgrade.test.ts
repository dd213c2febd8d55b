import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import type { OpenedDatabase } from "@/bin/support/database";
import { readBackup } from "@/bin/support/restore";
import { migrations, upgradeDatabase } from "@/bin/support/upgrade";
import { readLedger } from "@/lib/platform/db/migrate";
import { applyMigrations, listMigrations } from "@/lib/platform/db/schema-engine";
import { emptyDatabase } from "@/test/support/database";

const as = (url: string): OpenedDatabase => ({ isEmbedded: false, urls: { owner: url, web: url, worker: url, gateway: url }, pid: () => undefined, stop: () => Promise.resolve() });

test("a database of an earlier release is backed up before it is migrated, and the backup goes back in", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "slipway-upgrade-"));
  const [database, target] = [await emptyDatabase(), await emptyDatabase()];
  const known = await listMigrations(migrations);
  const earlier = path.join(home, "earlier");
  for (const name of known.slice(0, -1)) cpSync(path.join(migrations, name), path.join(earlier, name), { recursive: true });
  await applyMigrations(database.ownerUrl, earlier);

  const said: string[] = [];
  const options = { home, artifactRoot: path.join(home, "artifacts"), say: (line: string) => void said.push(line) };
  expect(await upgradeDatabase(as(database.ownerUrl), options)).toEqual(known.slice(-1));
  expect(await readLedger(database.ownerUrl)).toEqual(known);
  expect(said.join("\n")).toContain("backing it up");
  const [file = ""] = readdirSync(path.join(home, "backups"));
  expect(file).toContain(`before-${known.at(-1) ?? ""}`);

  await readBackup({ ownerUrl: target.ownerUrl, artifactRoot: path.join(home, "restored"), file: path.join(home, "backups", file), migrationsFolder: migrations });
  expect(await readLedger(target.ownerUrl)).toEqual(known.slice(0, -1));

  said.length = 0;
  expect(await upgradeDatabase(as(database.ownerUrl), options)).toEqual([]);
  expect(said).toEqual([]);
  await Promise.all([database.close(), target.close()]);
  rmSync(home, { recursive: true, force: true });
  expect(existsSync(home)).toBe(false);
});
