import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const run = (command: string, args: string[]): void => {
  const result = spawnSync(command, args, { encoding: "utf8" });
  if (result.error || result.status !== 0) {
    throw new Error(`"${command} ${args.join(" ")}" failed: this needs Python 3 with venv and pip.\n${result.error?.message ?? ""}${result.stdout}${result.stderr}`);
  }
};

/** The Python of an environment that holds exactly what `requirements` (a file) pins; kept between runs, made again when the pins change. */
export const preparePython = (name: string, requirements: string): string => {
  const home = path.join(process.cwd(), "node_modules", ".cache", name);
  const stamp = path.join(home, "pins");
  const pins = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const python = path.join(home, "bin", "python");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === pins) return python;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(path.dirname(home), { recursive: true });
  run("python3", ["-m", "venv", home]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  writeFileSync(stamp, pins);
  return python;
};
