import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import path from "node:path";

import { AppError } from "@/lib/core/errors";

import { projectRoot } from "./home";
import type { LogFiles } from "./log-files";
import { restartDelayMs } from "./restart-delay";

export type ChildSpec = {
  name: string;
  /** Program under dist. */
  program: string;
  env: Record<string, string>;
  readyUrl: string;
};

export type Child = { spec: ChildSpec; pid: () => number | undefined; waitUntilReady: (signal: AbortSignal) => Promise<void>; stop: () => Promise<void> };

const readyWithinMs = 90_000;
const stopWithinMs = 25_000;
/** A process that lived this long starts over with the shortest delay. */
const calmAfterMs = 60_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a process of our own and keeps it running until stopped. `report` gets one line for whatever the user should know. */
export const superviseChild = (spec: ChildSpec, logs: LogFiles, report: (line: string) => void, onChange: () => void): Child => {
  let current: ChildProcess | undefined;
  let tail: (lines: number) => string = () => "";
  let stopping = false;
  let isReady = false;
  let restarts = 0;
  let startedAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    const log = logs.open(spec.name);
    tail = log.tail;
    startedAtMs = Date.now();
    // Its own group, so that Ctrl-C reaches only the supervisor, which then stops all in order. It notices our end by its standard input.
    const child = spawn(process.execPath, ["--enable-source-maps", "--import", path.join(projectRoot, "dist", "bin", "supervised.js"), path.join(projectRoot, "dist", spec.program)], {
      cwd: projectRoot,
      env: spec.env as NodeJS.ProcessEnv,
      stdio: ["pipe", log.fd, log.fd],
      detached: true,
    });
    closeSync(log.fd);
    child.stdin?.on("error", () => undefined); // it ended; the exit handler says so
    child.on("error", (error) => report(`${spec.name} could not be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      current = undefined;
      onChange();
      if (stopping) return;
      if (Date.now() - startedAtMs > calmAfterMs) restarts = 0;
      const delayMs = restartDelayMs(restarts);
      restarts += 1;
      if (isReady) report(`${spec.name} ended (${signal ?? `status ${code ?? "unknown"}`}); starting it again in ${delayMs / 1000} s`);
      timer = setTimeout(start, delayMs);
    });
    current = child;
    onChange();
  };
  start();

  return {
    spec,
    pid: () => current?.pid,
    waitUntilReady: async (signal) => {
      const deadline = Date.now() + readyWithinMs;
      while (Date.now() < deadline) {
        if (await answers(spec.readyUrl)) {
          isReady = true;
          return;
        }
        if (signal.aborted) throw new AppError("unavailable", "start.stopped", "Stopped before everything was ready.");
        if (restarts > 2) break;
        await sleep(50);
      }
      const last = lastWords(tail(40));
      throw new AppError("unavailable", "start.not_ready", `${spec.name} did not become ready${last ? `: ${last}` : ""}. Its log is ${path.join("logs", `${spec.name}.log`)} in the home.`);
    },
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      const child = current;
      if (!child) return;
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await ended;
      clearTimeout(force);
    },
  };
};

const answers = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false; // not listening yet
  }
};

/** The line of a log that most likely says why a process ended. */
const lastWords = (text: string): string => {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  const line = lines.findLast((candidate) => /error|EADDR|refused|missing|not set/i.test(candidate)) ?? lines.at(-1) ?? "";
  return line.slice(0, 400);
};
