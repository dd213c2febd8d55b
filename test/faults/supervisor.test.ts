import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";
import { afterEach, expect, test } from "vitest";

import { makeHome, startSystem, type System, systemVariables } from "@/test/support/system";

const started: System[] = [];
const start = async (options: Parameters<typeof startSystem>[0] = {}): Promise<System> => {
  const system = await startSystem(options);
  started.push(system);
  return system;
};
afterEach(async () => {
  for (const system of started.splice(0)) await system.stop();
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] !== "Z";
  } catch {
    return false; // no such process
  }
};

const until = async (what: string, seconds: number, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(100);
  }
};

/** Runs `npm start` to its end in the foreground. */
const runStart = (variables: NodeJS.ProcessEnv): Promise<{ status: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(process.cwd(), "dist", "bin", "start.js"), "--built"], { env: variables, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", (status) => resolve({ status, output }));
  });

const pidsOf = async (system: System): Promise<number[]> => Object.values((await system.state()).processes).filter((pid) => pid > 0);

test("Ctrl-C stops every process in order and leaves none; the next start finds everything", async () => {
  const home = makeHome();
  const first = await start({ home, keepHome: true });
  const pids = await pidsOf(first);
  expect(pids).toHaveLength(5);
  expect((await first.call("POST", "/api/slipway/v1/w/default/models", { name: "kept" })).status).toBe(201);
  first.supervisor.kill("SIGINT");
  await until("all processes end", 30, () => pids.every((pid) => !isAlive(pid)));
  await until("the supervisor ends", 10, () => first.supervisor.exitCode !== null);
  expect(first.supervisor.exitCode).toBe(0);

  const beganAt = performance.now();
  const second = await start({ home });
  expect((performance.now() - beganAt) / 1000).toBeLessThan(30); // the machine may be busy; alone it takes under 5 s
  expect((await second.call("GET", "/api/slipway/v1/w/default/models/kept")).status).toBe(200);
});

test("a supervisor that is killed leaves nothing running", async () => {
  const system = await start();
  const pids = await pidsOf(system);
  system.supervisor.kill("SIGKILL");
  await until("all processes end", 60, () => pids.every((pid) => !isAlive(pid)));
});

test("each process that dies is started again, and the terminal says so", async () => {
  const system = await start();
  for (const name of ["worker", "runtime", "web", "gateway", "postgres"] as const) {
    const old = await system.kill(name);
    await until(`${name} is started again`, 30, async () => {
      const now = (await system.state().catch(() => undefined))?.processes[name]; // a busy machine may be slow to answer
      return now !== undefined && now > 0 && now !== old;
    });
    await until(`the terminal tells of ${name}`, 5, () => new RegExp(`${name} ended.*; starting it again in 0.5 s`).test(system.output()));
  }
  await until("web answers", 60, async () => (await fetch(`${system.url}/api/health/ready`).catch(() => undefined))?.ok === true);
  await until("the database answers again", 30, async () => (await system.call("POST", "/api/slipway/v1/w/default/models", { name: "after-the-crash" }).catch(() => undefined))?.status === 201);
  await until("the worker works again: it numbers the event", 30, async () => {
    const client = new Client({ connectionString: system.ownerUrl() });
    await client.connect();
    const found = await client.query("SELECT 1 FROM audit_event e JOIN audit_sequence s ON s.event_id = e.id WHERE e.action = 'model.create'");
    await client.end();
    return found.rowCount === 1;
  });
});

test("a second start says that it runs and where", async () => {
  const system = await start();
  const { status, output } = await runStart(system.variables);
  expect(status).toBe(0);
  expect(output).toContain(`already running from this home (process ${system.supervisor.pid ?? 0}): ${system.url}`);
});

test("a taken port is named with who holds it and the variable that moves it, and nothing stays behind", async () => {
  const variables = await systemVariables(makeHome());
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(Number(variables["SLIPWAY_GATEWAY_PORT"]), "127.0.0.1", resolve));
  const { status, output } = await runStart(variables);
  blocker.close();
  expect(status).toBe(1);
  expect(output.trim().split("\n").at(-1)).toMatch(new RegExp(`Port ${variables["SLIPWAY_GATEWAY_PORT"] ?? ""} for the gateway is taken by process ${process.pid} .*SLIPWAY_GATEWAY_PORT`));
});

test("a port that browsers refuse ends the start at once, with the setting to change", async () => {
  const home = makeHome();
  const beganAt = performance.now();
  const { status, output } = await runStart({ ...(await systemVariables(home)), SLIPWAY_PORT: "4190" });
  expect(status).toBe(1);
  expect(output.trim().split("\n")).toEqual([expect.stringMatching(/SLIPWAY_PORT: browsers and fetch refuse to call port 4190.*choose another port/)]);
  expect((performance.now() - beganAt) / 1000).toBeLessThan(10);
  expect(readdirSync(home)).toEqual([]);
});

test("a database that is newer than the code is refused with what to do", async () => {
  const home = makeHome();
  const system = await start({ home, keepHome: true });
  const client = new Client({ connectionString: system.ownerUrl() });
  await client.connect();
  await client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '29990101000000_later', now(), 1)`);
  await client.end();
  await system.stop();
  const { status, output } = await runStart({ ...system.variables });
  expect(status).toBe(1);
  expect(output).toContain("The database is newer than this release (it holds 29990101000000_later)");
  expect(output).toContain("npm run restore");
});

test("a database that refuses, and settings that are missing, are one clear line", async () => {
  const variables = { ...(await systemVariables(makeHome())), DATABASE_URL: "postgres://nobody:wrong@127.0.0.1:1/none" };
  const withoutKey = await runStart(variables);
  expect(withoutKey).toMatchObject({ status: 1 });
  expect(withoutKey.output).toContain("SLIPWAY_SECRET_KEY is not set");
  const refused = await runStart({ ...variables, SLIPWAY_SECRET_KEY: "ab".repeat(32) });
  expect(refused.status).toBe(1);
  expect(refused.output.trim().split("\n").at(-1)).toMatch(/The database that DATABASE_URL names refuses: .*127\.0\.0\.1:1/);
});
