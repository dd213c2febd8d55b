import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { claimHome, findRunning, type Running } from "@/bin/support/running";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "slipway-running-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const stateOf = (controlPort: number, worker: number): Running => ({
  pid: process.pid, controlPort, home, url: "http://127.0.0.1:1", gatewayUrl: "http://127.0.0.1:2", runtimeUrl: "http://127.0.0.1:3", workerUrl: "http://127.0.0.1:4",
  startedAt: "2026-11-20T09:00:00.000Z", isReady: true, processes: { worker },
});

test("a supervisor is found while it notes its processes anew, and not once it has let go", async () => {
  const claim = await claimHome(home);
  claim.update(stateOf(claim.controlPort, 1));
  for (let worker = 2; worker < 40; worker++) {
    const asked = findRunning(home);
    claim.update(stateOf(claim.controlPort, worker));
    expect((await asked)?.processes["worker"]).toBe(worker);
  }
  claim.release();
  expect(await findRunning(home)).toBeUndefined();
});

test("the note is replaced, never emptied: who has it open reads the old one to its end", async () => {
  const claim = await claimHome(home);
  claim.update(stateOf(claim.controlPort, 1));
  const open = openSync(path.join(home, "supervisor.json"), "r");
  try {
    claim.update(stateOf(claim.controlPort, 2));
    expect(JSON.parse(readFileSync(open, "utf8"))).toMatchObject({ processes: { worker: 1 } });
    expect(JSON.parse(readFileSync(path.join(home, "supervisor.json"), "utf8"))).toMatchObject({ processes: { worker: 2 } });
    expect(readdirSync(home)).toEqual(["supervisor.json"]);
  } finally {
    closeSync(open);
    claim.release();
  }
});
