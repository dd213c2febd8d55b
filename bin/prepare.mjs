// Generates the database client and builds what is out of date, told by the content of the sources.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { build } from "esbuild";

import { generate } from "./generate.mjs";

/** Programs that run as processes or threads of their own, beside the commands in bin/. */
const programs = ["workers/main.ts", "workers/gateway/main.ts", "workers/gateway/serve.ts", "workers/runtime/main.ts", "workers/runtime/model-thread.ts"];

const sources = { server: ["bin", "lib", "workers", "prisma/schema", "package-lock.json", "tsconfig.json"], web: ["app", "components", "lib", "public", "prisma/schema", "package-lock.json", "tsconfig.json", "next.config.ts", "postcss.config.mjs", "instrumentation.ts", "proxy.ts"] };

const hashTree = (root, entries) => {
  const hash = createHash("sha256");
  const visit = (relative) => {
    const absolute = path.join(root, relative);
    if (!existsSync(absolute)) return;
    const children = readdirSync(absolute, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const child of children) {
      const next = path.join(relative, child.name);
      if (child.isDirectory()) visit(next);
      else addFile(next);
    }
  };
  const addFile = (relative) => hash.update(`${relative}\0`).update(readFileSync(path.join(root, relative))).update("\0");
  for (const entry of entries) {
    if (path.extname(entry)) existsSync(path.join(root, entry)) && addFile(entry);
    else visit(entry);
  }
  return hash.update(process.versions.node).digest("hex");
};

/** Runs `work` unless `mark` already holds `digest`. */
const unlessBuilt = async (mark, digest, work) => {
  if (existsSync(mark) && readFileSync(mark, "utf8") === digest) return;
  rmSync(mark, { force: true });
  await work();
  mkdirSync(path.dirname(mark), { recursive: true });
  writeFileSync(mark, digest);
};

const bundle = (root) => {
  const commands = readdirSync(path.join(root, "bin")).filter((name) => name.endsWith(".ts")).map((name) => `bin/${name}`);
  return build({
    absWorkingDir: root,
    entryPoints: [...commands, ...programs.filter((file) => existsSync(path.join(root, file)))],
    outdir: "dist",
    outbase: ".",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: true,
    logLevel: "error",
  });
};

const buildWeb = (root) =>
  new Promise((resolve, reject) => {
    const lines = [];
    const child = spawn(process.execPath, [path.join(root, "node_modules", "next", "dist", "bin", "next"), "build"], { cwd: root, env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => lines.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`The console could not be built:\n${Buffer.concat(lines).toString()}`))));
  });

/** Brings everything that is generated up to date. */
export const prepare = async ({ root, needsWeb }) => {
  try {
    await generate(root);
    await unlessBuilt(path.join(root, "dist", ".digest"), hashTree(root, sources.server), () => bundle(root));
    if (!needsWeb) return;
    await unlessBuilt(path.join(root, ".next", ".digest"), hashTree(root, sources.web), () => {
      process.stdout.write("Building the console …\n");
      return buildWeb(root);
    });
  } catch (error) {
    process.stderr.write(`${error.code === "ENOSPC" ? "The disk is full: free some space, then run this again." : error.message}\n`);
    process.exit(1);
  }
};
