// Generates the Prisma client when the schema has changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const generate = (root) => {
  const folder = path.join(root, "prisma", "schema");
  const hash = createHash("sha256").update(createRequire(import.meta.url)("prisma/package.json").version);
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(path.join(folder, name)));
  const digest = hash.digest("hex");
  const mark = path.join(root, "prisma", "generated", ".digest");
  if (existsSync(mark) && readFileSync(mark, "utf8") === digest) return;
  // Generating never starts the schema engine, but wants to see a file where its native binary would be.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
  const run = spawnSync(process.execPath, [path.join(root, "node_modules", "prisma", "build", "index.js"), "generate"], { cwd: root, env, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`The database client could not be generated:\n${run.stdout}${run.stderr}`);
  writeFileSync(mark, digest);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) generate(process.cwd());
