import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { canaryPlan } from "@/bin/demo/plan";
import * as story from "@/bin/demo/story";
import { connectionBudget } from "@/lib/platform/db";
import { sendLoad } from "@/test/support/load";
import { isLegal, openRecord, requestsServed, type SystemRecord } from "@/test/support/record";
import { addVersion, openCaller, openDigits, type Told, waitFor } from "@/test/support/story";
import { startSystem, type System } from "@/test/support/system";

/*
 * A whole system under faults, in one story: v1 serves; v2 is released while its worker is killed; v3 is judged harmful while its
 * worker is killed; Postgres hangs; the runtime dies. After each the invariants of ARCHITECTURE.md section 4 hold.
 */
let system: System;
let stage: Told;
let record: SystemRecord;
beforeAll(async () => {
  system = await startSystem();
  stage = await openDigits(system);
  await story.pinReference(stage, stage.champion);
  record = await openRecord(system.ownerUrl());
}, 400_000);
afterEach(async () => {
  await stage?.traffic?.stop();
  if (stage) stage.traffic = null;
});
afterAll(async () => {
  await record?.close();
  await system?.stop();
});

const start = async (version: number): Promise<string> => {
  const { id } = await stage.engineer.call<{ id: string }>("POST", "/rollouts", { endpoint: stage.name, environment: "production", version, strategy: "canary", plan: canaryPlan() });
  return id;
};

/** Kills the worker and waits until the supervisor has started another. */
const killWorker = async (): Promise<void> => {
  const killed = await system.kill("worker");
  await waitFor("another worker", 60, async () => {
    const now = (await system.state()).processes["worker"];
    return now !== undefined && now > 0 && now !== killed ? now : undefined;
  });
};

const ends = ["SUCCEEDED", "ROLLED_BACK", "CANCELLED", "SUPERSEDED", "HELD", "STUCK"];
const waitForEnd = (rollout: string, seconds: number): Promise<string> =>
  waitFor(`the end of ${rollout}`, seconds, async () => {
    const phase = await record.phase(rollout);
    return ends.includes(phase) ? phase : undefined;
  });

/** Nothing is lost or counted twice: rows + dropped = served, and every batch went into the counts once. */
const expectWholeLog = async (): Promise<void> => {
  const served = await requestsServed(system.gatewayUrl);
  const log = await waitFor("the log is written", 60, async () => {
    const seen = await record.log();
    return seen.rows + seen.dropped >= served ? seen : undefined;
  });
  expect(log).toEqual({ rows: served, dropped: 0, calls: served, gaps: 0, twice: 0 });
  const counts = await waitFor("every batch is counted", 60, async () => {
    const seen = await record.consumption();
    return seen.waiting === 0 ? seen : undefined;
  });
  expect(counts.consumed).toBe(counts.batches);
  expect(counts.counted).toBe(counts.called);
  expect(counts.profiled).toBe(counts.called);
};

/** One audit event for each change of the rollout, in a chain of legal steps. */
const expectOneEventEach = async (rollout: string, last: string): Promise<void> => {
  const changes = await record.changes(rollout);
  const events = await waitFor("all events are numbered", 20, async () => {
    const seen = await record.transitions(rollout);
    return seen.at(-1)?.to === last ? seen : undefined;
  });
  expect(events).toHaveLength(changes);
  expect(events.filter((event) => !isLegal(event))).toEqual([]);
  expect(events[0]?.from).toBe("PENDING");
  for (const [index, event] of events.slice(1).entries()) expect(event.from).toBe(events[index]?.to);
  expect(await record.auditGaps()).toBe(0);
};

test("kill -9 of the worker twice while the canary bakes: it is promoted all the same, once, and nothing is lost", async () => {
  const challenger = await addVersion(stage, "challenger", stage.champion.number);
  story.startStream(stage, stage.token);
  const movesBefore = await record.pointerMoves();
  const rollout = await start(challenger.number);
  for (const step of [0, 1]) {
    await waitFor(`step ${step} bakes`, 90, async () => {
      const [row] = await record.rows<{ phase: string; step: number }>("SELECT phase, step_index AS step FROM rollout WHERE ended_at IS NULL");
      return row?.phase === "BAKING" && row.step === step ? row : undefined;
    });
    await sleep(1_500);
    await killWorker();
  }
  expect(await waitForEnd(rollout, 200)).toBe("SUCCEEDED");
  await stage.traffic?.stop();

  await expectOneEventEach(rollout, "SUCCEEDED");
  expect(await record.routes(stage.name)).toEqual([
    { number: 1, stable: 1, candidate: null, candidateWeightBp: 0, mirrorBp: 0 },
    { number: 2, stable: 1, candidate: 2, candidateWeightBp: 2_500, mirrorBp: 0 },
    { number: 3, stable: 1, candidate: 2, candidateWeightBp: 5_000, mirrorBp: 0 },
    { number: 4, stable: 1, candidate: 2, candidateWeightBp: 10_000, mirrorBp: 0 },
    { number: 5, stable: 2, candidate: null, candidateWeightBp: 0, mirrorBp: 0 },
  ]);
  expect((await record.pointerMoves()) - movesBefore).toBe(1);
  expect(await record.deployments(stage.name)).toEqual([
    { version: 1, role: "stable", isOpen: false },
    { version: 2, role: "candidate", isOpen: false },
    { version: 2, role: "stable", isOpen: true },
  ]);
  expect(stage.traffic?.counts().failed).toBe(0);
  await expectWholeLog();
}, 420_000);

test("a worker killed right after its verdict of harm: rolled back, and the harmful version gets no more traffic", async () => {
  const harmful = await addVersion(stage, "harmful", 2);
  story.startStream(stage, stage.token);
  const movesBefore = await record.pointerMoves();
  const rollout = await start(harmful.number);
  await waitFor("the verdict of harm", 200, async () => ((await record.phase(rollout)) === "ROLLING_BACK" ? true : undefined));
  await killWorker();
  expect(await waitForEnd(rollout, 120)).toBe("ROLLED_BACK");
  await sleep(4_000);
  await stage.traffic?.stop();

  await expectOneEventEach(rollout, "ROLLED_BACK");
  await expectWholeLog();
  const verdictAt = await record.verdictAt(rollout, "harmful");
  const lastCall = await record.lastCallOf(harmful.id);
  if (!verdictAt || !lastCall) throw new Error("the harmful version was never judged or never called");
  expect(lastCall.getTime() - verdictAt.getTime()).toBeLessThan(2_000);
  const routes = await record.routes(stage.name);
  expect(routes.slice(5).map(({ candidateWeightBp }) => candidateWeightBp).at(-1)).toBe(0);
  expect(routes.at(-1)).toMatchObject({ stable: 2, candidate: null, mirrorBp: 0 });
  expect(routes.every((route) => route.stable !== 3 && (route.candidate === null) === (route.candidateWeightBp === 0))).toBe(true);
  expect(await record.pointerMoves()).toBe(movesBefore);
  expect((await record.deployments(stage.name)).slice(2)).toEqual([{ version: 2, role: "stable", isOpen: true }, { version: 3, role: "candidate", isOpen: false }]);
  expect(stage.traffic?.counts().failed).toBe(0);
}, 420_000);

/** A process and all that it started. */
const familyOf = (pid: number): number[] => {
  const parents = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      return [[Number(name), Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1])] as const];
    } catch {
      return []; // it ended meanwhile
    }
  });
  return [pid, ...parents.filter(([, parent]) => parent === pid).map(([child]) => child)];
};
const signalAll = (pids: number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      continue; // a backend that has ended
    }
  }
};

test("Postgres that hangs for 8 s: predictions go on, the control plane recovers by itself, the log is whole", async () => {
  const { call, close } = openCaller(stage);
  const over = new AbortController();
  const work = sendLoad(call, { perSecond: 45, seconds: new Promise((resolve) => over.signal.addEventListener("abort", resolve)) });
  await sleep(3_000);
  const stopped = familyOf((await system.state()).processes["postgres"] ?? 0);
  expect(stopped.length).toBeGreaterThan(3);
  signalAll(stopped, "SIGSTOP");
  try {
    await sleep(8_000);
  } finally {
    signalAll(stopped, "SIGCONT");
  }
  await waitFor("web is ready", 60, async () => ((await fetch(`${system.url}/api/health/ready`)).ok ? true : undefined));
  await sleep(5_000);
  over.abort();
  const result = await work;
  close();
  expect(result.answered / result.sent, JSON.stringify(result)).toBeGreaterThanOrEqual(0.999);
  expect(result.longestGapMs).toBeLessThan(2_000);
  // The control plane decides again: one click goes back to the version before, which is still warm.
  await story.rollBack(stage, "Proves that rollouts run again");
  expect((await record.routes(stage.name)).at(-1)).toMatchObject({ stable: 1, candidate: null });
  await expectWholeLog();
  expect(await record.auditGaps()).toBe(0);
  // Pools that filled while nothing answered stay within what the installation reckons with.
  const open = await record.connections();
  const budget = connectionBudget(2);
  expect(open["slipway_web"]).toBeLessThanOrEqual(budget.web);
  expect(open["slipway_worker"]).toBeLessThanOrEqual(budget.worker);
  expect(open["slipway_gateway"]).toBeLessThanOrEqual(budget.gateway);
}, 240_000);

test("kill -9 of the runtime: errors in between are clear, it comes back with its models, the endpoint recovers by itself", async () => {
  const { call, close } = openCaller(stage);
  expect(await call()).toBe(200);
  const over = new AbortController();
  const work = sendLoad(call, { perSecond: 20, seconds: new Promise((resolve) => over.signal.addEventListener("abort", resolve)) });
  const killed = await system.kill("runtime");
  await waitFor("the endpoint answers again", 90, async () => {
    const now = (await system.state()).processes["runtime"];
    return now !== undefined && now > 0 && now !== killed && (await call()) === 200 ? true : undefined;
  });
  const steady = await sendLoad(call, { perSecond: 20, seconds: 5 });
  over.abort();
  const result = await work;
  close();
  expect(steady).toMatchObject({ sent: 100, answered: 100, retried: 0 });
  expect(Object.keys(result.statuses).filter((status) => !["200", "502", "503"].includes(status)), JSON.stringify(result)).toEqual([]);
  expect(result.retried).toBe(0);
  await expectWholeLog();
}, 240_000);
