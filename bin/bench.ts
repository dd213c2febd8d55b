import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

import { build } from "esbuild";

import { AppError } from "@/lib/core/errors";

import { runCommand } from "./support/fail";
import { projectRoot } from "./support/home";

const names = ["gateway", "runtime", "registry", "mlflow", "runs-page", "demo"];

const sourceOf = (name: string): string => path.join(projectRoot, "test", "bench", `${name}.ts`);

/** Runs one measurement in a process of its own; it prints one JSON line a figure. */
const measure = async (name: string): Promise<number> => {
  const outfile = path.join(projectRoot, "dist", "bench", `${name}.js`);
  await build({ absWorkingDir: projectRoot, entryPoints: [sourceOf(name)], outfile, bundle: true, packages: "external", format: "esm", platform: "node", target: "node20", logLevel: "error" });
  const child = spawn(process.execPath, [outfile], { cwd: projectRoot, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
};

await runCommand(async () => {
  const present = names.filter((name) => existsSync(sourceOf(name)));
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : present;
  const unknown = chosen.filter((name) => !present.includes(name));
  if (unknown.length > 0) throw new AppError("invalid", "bench.unknown", `There is no measurement ${unknown.join(", ")}. There are: ${present.join(", ")}`);
  let status = 0;
  for (const name of chosen) status = Math.max(status, await measure(name));
  return status;
});
process.exit();
