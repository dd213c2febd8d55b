// The door of every command. It runs on a bare clone, so it uses nothing but Node itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Commands and the module of bin/ that runs each. */
const commands = {
  start: { module: "start", help: "start everything" },
  "start:web": { module: "start-one", help: "start the console and API alone" },
  "start:worker": { module: "start-one", help: "start a worker alone" },
  "start:gateway": { module: "start-one", help: "start the gateway alone" },
  "start:runtime": { module: "start-one", help: "start the bundled model runtime alone" },
  demo: { module: "demo", help: "run the main job on real data and leave it running" },
  build: { module: "built", help: "build what is out of date" },
  migrate: { module: "migrate", help: "bring the database up to this release" },
  backup: { module: "backup", help: "[FILE]: write everything into one file, also while it runs" },
  restore: { module: "restore", help: "FILE: read a backup into an empty home" },
  admin: { module: "admin", help: "reset [EMAIL] | token [EMAIL]: regain access; gc [--dry-run]: purge what is due now" },
  test: { module: "test", help: "run every check" },
  bench: { module: "bench", help: "[NAME]: measure" },
};

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const checkNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Slipway needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`);
};

const digestOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Runs `npm ci` when node_modules does not stand for package-lock.json. */
const install = () => {
  const lock = path.join(root, "package-lock.json");
  const installed = path.join(root, "node_modules", ".package-lock.json");
  const mark = path.join(root, "node_modules", ".cache", "slipway-lock");
  const digest = digestOf(lock);
  if (existsSync(installed)) {
    if (existsSync(mark) ? readFileSync(mark, "utf8") === digest : statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  }
  process.stdout.write("Installing packages …\n");
  const args = ["ci", "--include=dev", "--include=optional", "--no-fund", "--no-audit", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", NODE_ENV: "" } };
  const run = npm?.endsWith(".js") ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync("npm", args, options);
  if (run.error) fail(`npm could not be started: ${run.error.message}. Install npm, then run this again.`);
  if (run.status !== 0) fail("The packages could not be installed (see above). Check the connection to the package registry and the free disk space, then run this again.");
  mkdirSync(path.dirname(mark), { recursive: true });
  writeFileSync(mark, digest);
};

const usage = () => Object.entries(commands).map(([name, { help }]) => `  npm run ${name.padEnd(14)} ${help}`).join("\n");

checkNode();
process.chdir(root);
const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) fail(`${name ? `There is no command "${name}". ` : ""}Slipway knows:\n${usage()}`);
install();
const { prepareServer } = await import("./prepare.mjs");
await prepareServer(root).catch((error) => fail(error.message));
process.argv = [process.argv[0], path.join(root, "bin", `${command.module}.ts`), ...(command.module === "start-one" ? [name.slice("start:".length)] : []), ...args];
await import(pathToFileURL(path.join(root, "dist", "bin", `${command.module}.js`)).href);
