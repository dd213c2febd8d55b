import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

import type { BootstrapResult } from "@/lib/identity/server";

import { projectRoot } from "./home";
import type { Running } from "./running";

export type Launched = { running: Running; admin: BootstrapResult; supervisor: ChildProcess };

export type LaunchOptions = {
  /** The whole environment of the supervisor. */
  variables: NodeJS.ProcessEnv;
  /** True: the system ends with this process, however that ends. False: it goes on by itself. */
  endsWithUs: boolean;
  /** True where the caller has built everything before: starts the bundle itself. */
  isBuilt?: boolean;
  onOutput?: (text: string) => void;
};

/** Runs `npm start` in the background and returns when everything answers; one that already runs from that home is returned as it is. */
export const launchSystem = ({ variables, endsWithUs, isBuilt = false, onOutput }: LaunchOptions): Promise<Launched> =>
  new Promise((resolve, reject) => {
    const program = isBuilt ? [path.join(projectRoot, "dist", "bin", "start.js"), "--built"] : [path.join(projectRoot, "bin", "slipway.mjs"), "start"];
    const args = [...program, ...(endsWithUs ? ["--with-parent"] : [])];
    const supervisor = spawn(process.execPath, args, { cwd: projectRoot, env: variables, detached: true, stdio: [endsWithUs ? "pipe" : "ignore", "pipe", "pipe", "ipc"] });
    let output = "";
    for (const stream of [supervisor.stdout, supervisor.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-8_000);
        onOutput?.(chunk.toString());
      });
    }
    supervisor.on("error", reject);
    supervisor.on("exit", (code, signal) => reject(new Error(output.trim() || `Slipway ended with ${signal ?? `status ${code ?? "unknown"}`} while it started.`)));
    supervisor.on("message", (message) => {
      const told = message as Pick<Launched, "running"> & { admin: BootstrapResult };
      if (!endsWithUs) {
        supervisor.stdout?.destroy(); // it goes on without us; what it says from now on is in its logs
        supervisor.stderr?.destroy();
        supervisor.unref();
      }
      resolve({ running: told.running, admin: told.admin, supervisor });
    });
  });
