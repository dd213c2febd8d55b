import { execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { AppError } from "@/lib/core/errors";

import { findHome, prepareHome, projectRoot } from "../support/home";
import { findRunning, type Running } from "../support/running";
import type { Installation } from "./story";

type Told = { running: Running; admin: { created: boolean; token?: string; email?: string; password?: string } };

/** Starts the system in the background with its output in the home's logs; it tells us its first administrator over a channel. */
const startInBackground = (home: string): Promise<Told> => {
  prepareHome(home);
  const logFile = path.join(home, "logs", "start.log");
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [path.join(projectRoot, "dist", "bin", "start.js")], { cwd: projectRoot, detached: true, stdio: ["ignore", log, log, "ipc"], env: process.env });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      child.unref();
      resolve(message as Told);
    });
    child.once("exit", (code) => reject(new AppError("unavailable", "demo.not_started", `The system did not start (status ${String(code)}). See ${logFile}, mend what it says, then run this again.`)));
  });
};

/** A token of the administrator of a system that runs already, made as an operator of its machine would. */
const createToken = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(projectRoot, "dist", "bin", "admin.js"), "token"], { cwd: projectRoot });
  const secret = /slp_\w+/.exec(stdout)?.[0];
  if (!secret) throw new AppError("unavailable", "demo.no_token", "No administrator's token could be made. Run `npm run admin -- token` and see what it says.");
  return secret;
};

/** The running system, started first if there is none, with a token of an administrator. */
export const connectInstallation = async (say: (line: string) => void): Promise<{ installation: Installation; howToStop: string }> => {
  const home = findHome(process.env);
  const found = await findRunning(home);
  if (!found) say("Starting the system …");
  const told = found ? undefined : await startInBackground(home);
  const running = found ?? told?.running;
  if (!running) throw new AppError("unavailable", "demo.not_started", "The system did not start.");
  if (told?.admin.created) say(`First administrator, shown this once: ${told.admin.email ?? ""} with ${told.admin.password ?? ""}`);
  const adminToken = told?.admin.token ?? (await createToken());
  say(`Console ${running.url}   predictions ${running.gatewayUrl}`);
  return { installation: { url: running.url, gatewayUrl: running.gatewayUrl, adminToken }, howToStop: `Stop it with: kill ${running.pid}` };
};
