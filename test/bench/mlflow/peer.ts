import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { preparePython } from "@/test/support/python";

export type Peer = { port: number; pid: number; stop: () => Promise<void> };

const startWithinMs = 180_000;

/** Starts a real MLflow server under gunicorn with two workers, which is stronger than its default, on `databaseUrl`. */
export const startPeer = async ({ databaseUrl, folder, port }: { databaseUrl: string; folder: string; port: number }): Promise<Peer> => {
  const python = preparePython("mlflow-server", path.join(process.cwd(), "test", "bench", "mlflow", "requirements.txt"));
  const artifacts = path.join(folder, "peer-artifacts");
  mkdirSync(artifacts, { recursive: true });
  const { PATH, LANG } = process.env;
  const args = [
    "-m", "mlflow", "server", "--backend-store-uri", databaseUrl.replace(/^postgres:/, "postgresql+psycopg2:"), "--serve-artifacts", "--artifacts-destination", artifacts,
    "--host", "127.0.0.1", "--port", String(port), "--workers", "2", "--gunicorn-opts", "--timeout 300 --log-level warning",
  ];
  const child = spawn(python, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_ENV: "production", PATH: `${path.dirname(python)}:${PATH ?? ""}`, HOME: folder, LANG, MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8_000)));
  const { pid } = child;
  if (pid === undefined) throw new Error("MLflow could not be started");
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, "SIGTERM");
    await ended;
  };
  const giveUpAt = Date.now() + startWithinMs;
  for (;;) {
    if (await isHealthy(port)) return { port, pid, stop };
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      if (child.exitCode === null) await stop();
      throw new Error(`MLflow did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

const isHealthy = (port: number): Promise<boolean> => fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.ok, () => false);
