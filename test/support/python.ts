import { spawn, spawnSync } from "node:child_process";
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

export type Outcome = { code: number | null; output: string };

/** Runs a script that drives an MLflow client against the server at `url`; `variables` say who calls. The output is that of both streams. */
export const runMlflow = (python: string, script: string, url: string, variables: Record<string, string>): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const { PATH, HOME, LANG } = process.env;
    const child = spawn(python, [script], {
      env: {
        PATH, HOME, LANG, NODE_ENV: "test", PYTHONDONTWRITEBYTECODE: "1", GIT_PYTHON_REFRESH: "quiet",
        MLFLOW_TRACKING_URI: url, MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true", MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2", ...variables,
      },
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
