import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { defineJob, openJobSender, type ClosableJobSender } from "@/lib/platform/queue";
import { testDeps, type TestDeps } from "@/test/support/deps";
import { entry } from "@/workers/job-entry";
import { openJobMetrics } from "@/workers/metrics";
import { hostJobs, type JobHost } from "@/workers/runtime-host";
import { startSweeper } from "@/workers/sweeper";

const seen: string[] = [];
let runningTwins = 0;
let mostTwins = 0;
const metrics = openJobMetrics();
const echo = defineJob({ name: "test.echo", queue: "fast", payload: z.strictObject({ text: z.string() }) });
const twin = defineJob({ name: "test.twin", queue: "slow", payload: z.strictObject({ text: z.string() }) });
const entries = [
  entry({ job: echo, handle: (_deps, { text }) => Promise.resolve(seen.push(text)) }),
  entry({
    job: twin,
    handle: async (_deps, { text }) => {
      mostTwins = Math.max(mostTwins, (runningTwins += 1));
      await sleep(150);
      runningTwins -= 1;
      seen.push(text);
    },
  }),
];

let deps: TestDeps;
let sender: ClosableJobSender;
let host: JobHost;
beforeAll(async () => {
  deps = await testDeps();
  sender = openJobSender(deps.env, deps.log);
  host = hostJobs({ ...deps, jobs: sender }, entries, metrics);
});
afterAll(async () => {
  await host.close();
  await sender.close();
  await deps.close();
});

const until = async (isTrue: () => boolean): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error("it did not happen in 10 s");
    await sleep(10);
  }
};

test("a job runs with its payload", async () => {
  await sender.send("test.echo", { text: "one" });
  await until(() => seen.includes("one"));
});

test("a wake-up during the run is not lost, and twins of a key never run together", async () => {
  await sender.send("test.twin", { text: "a" }, { dedupeKey: "k" });
  await until(() => runningTwins === 1);
  for (const text of ["b", "c", "d"]) await sender.send("test.twin", { text }, { dedupeKey: "k" });
  await until(() => seen.includes("d"));
  expect(mostTwins).toBe(1);
  expect(seen).not.toContain("b");
});

test("a wrong payload is not sent; an unknown kind is dropped and counted; a kind that fails is counted", async () => {
  await sender.send("test.echo", { text: 7 });
  await sender.send("test.nobody", {});
  for (let waited = 0; waited < 100 && !(await metrics.registry.metrics()).includes("slipway_job_unknown_total 1"); waited += 1) await sleep(20);
  const text = await metrics.registry.metrics();
  expect(text).toContain("slipway_job_unknown_total 1");
  expect(text).not.toContain('slipway_job_failed_total{job="test.echo"}');
});

test("the sweeper finds work that nobody was woken for", async () => {
  let due = ["swept"];
  const list = [entry({ job: echo, handle: () => Promise.resolve(), sweep: () => Promise.resolve(due.splice(0).map((text) => ({ text }))) })];
  const sweeper = startSweeper({ ...deps, jobs: sender }, list, metrics);
  await until(() => seen.includes("swept"));
  due = ["later"];
  await until(() => seen.includes("later"));
  await sweeper.stop();
});
