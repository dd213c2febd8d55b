import { stopWithSupervisor } from "@/lib/platform/process";

import { buildConsole } from "./support/build-console";
import { runCommand } from "./support/fail";
import { findHome } from "./support/home";
import { findRunning } from "./support/running";
import { checkSettings } from "./support/settings";
import { startInstallation } from "./support/supervisor";
import { welcome } from "./support/welcome";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Tells whoever started us over a channel (the demo, tests) instead of printing what is secret. */
const tellParent = (message: Record<string, unknown>): boolean => {
  if (!process.send || !process.connected) return false;
  process.send(message, () => process.disconnect());
  return true;
};

/** `npm start` that is killed tells nobody: its child gets another parent. */
const stopWithNpm = (): void => {
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && process.kill(process.pid, "SIGTERM"), 1_000).unref();
};

await runCommand(async () => {
  const startedAtMs = performance.now();
  const home = findHome(process.env);
  const running = await findRunning(home);
  if (running) {
    if (!tellParent({ running, admin: { created: false } })) say(`Slipway is already running from this home (process ${running.pid}): ${running.url}`);
    return 0;
  }
  const stopping = new AbortController();
  const stopRequested = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));
  let signals = 0;
  let isBuilding = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) say("\nStopping …");
      if (isBuilding || signals > 2) process.exit(130);
      stopping.abort();
    });
  }
  if (process.argv.includes("--with-parent")) stopWithSupervisor();
  else if (process.env["npm_lifecycle_event"]) stopWithNpm();

  checkSettings(process.env, home);
  if (!process.argv.includes("--built")) await buildConsole();
  isBuilding = false;
  say("Starting Slipway …");
  const started = await startInstallation(home, process.env, say, stopping.signal);
  if (!tellParent({ running: started.running, admin: started.admin })) say(welcome(started.running, started.admin, (performance.now() - startedAtMs) / 1000));
  const alive = setInterval(() => undefined, 60_000);
  await stopRequested;
  clearInterval(alive);
  await started.stop();
  say("Stopped.");
  return 0;
});
process.exit();
