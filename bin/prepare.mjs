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
    const end = () => child.kill(); // whoever stops us stops the build
    process.on("exit", end);
    child.on("error", reject);
    child.on("close", (code) => process.off("exit", end) && (code === 0 ? resolve() : reject(new Error(`The console could not be built:\n${Buffer.concat(lines).toString()}`))));
  });

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Lets one process build at a time; a lock whose owner died is taken over. */
const alone = async (root, work) => {
  const lock = path.join(root, "node_modules", ".cache", "slipway-build.lock");
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const owner = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
      if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } catch (error) {
    throw error.code === "ENOSPC" ? new Error("The disk is full: free some space, then run this again.") : error;
  } finally {
    rmSync(lock, { force: true });
  }
};

/** Brings the database client and the bundles of our own processes up to date. */
export const prepareServer = (root) =>
  alone(root, async () => {
    await generate(root);
    await unlessBuilt(path.join(root, "dist", ".digest"), hashTree(root, sources.server), () => bundle(root));
  });

/** Brings the console up to date; never while a console runs from this folder, whose files it would replace. */
export const prepareWeb = (root) =>
  alone(root, () =>
    unlessBuilt(path.join(root, ".next", ".digest"), hashTree(root, sources.web), () => {
      process.stdout.write("Building the console …\n");
      return buildWeb(root);
    }),
  );
