import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

import { findRunning } from "@/bin/support/running";
import buildEverything from "@/test/support/build-setup";
import { makeHome, systemVariables } from "@/test/support/system";

/* Measures `npm run demo` from an empty home, built before, until its nine steps are done. */

buildEverything();

const home = makeHome();
const variables = await systemVariables(home, {});
const startedMs = performance.now();
let output = "";
try {
  const demo = spawn(process.execPath, ["bin/slipway.mjs", "demo"], { env: variables, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    demo.once("error", reject);
    demo.once("close", resolve);
  });
  if (code !== 0) throw new Error(`the demo ended with ${String(code)}:\n${output.slice(-4_000)}`);
  process.stdout.write(`${JSON.stringify({ name: "demo.nine_steps", value: Math.round((performance.now() - startedMs) / 1_000), unit: "s" })}\n`);
} finally {
  const running = await findRunning(home);
  if (running) {
    process.kill(running.pid, "SIGTERM");
    while (await findRunning(home)) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  rmSync(home, { recursive: true, force: true });
}
