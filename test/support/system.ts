import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { launchSystem } from "@/bin/support/launch";
import { findRunning, type Running } from "@/bin/support/running";
import { findFreePort } from "@/lib/platform/postgres";

export type ProcessName = "web" | "worker" | "gateway" | "runtime" | "postgres";

export type System = {
  home: string;
  url: string;
  gatewayUrl: string;
  runtimeUrl: string;
  workerUrl: string;
  admin: { email: string; password: string; token: string };
  supervisor: ChildProcess;
  /** Variables that start the same system again. */
  variables: NodeJS.ProcessEnv;
  /** What the supervisor tells now: process ids among others. */
  state: () => Promise<Running>;
  kill: (name: ProcessName, signal?: NodeJS.Signals) => Promise<number>;
  /** Calls an API with the administrator's token. */
  call: (method: string, path: string, body?: unknown) => Promise<Response>;
  ownerUrl: () => string;
  output: () => string;
  stop: () => Promise<void>;
};

export const adminOfTests = { email: "admin@example.org", password: "harbour lantern 47 violet meadow", token: "slp_test_administrator_0123456789" };

/** Free ports and a home of its own, as variables. */
export const systemVariables = async (home: string, given: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> => {
  const ports = new Set<number>();
  while (ports.size < 4) ports.add(await findFreePort());
  const [web, gateway, runtime, worker] = [...ports].map(String);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SLIPWAY_|DATABASE_URL|REDIS_URL|VITEST|NODE_ENV|npm_)/.test(name)));
  return {
    ...inherited,
    NODE_ENV: "production",
    SLIPWAY_HOME: home,
    SLIPWAY_PORT: web,
    SLIPWAY_GATEWAY_PORT: gateway,
    SLIPWAY_RUNTIME_PORT: runtime,
    SLIPWAY_WORKER_PORT: worker,
    SLIPWAY_ADMIN_EMAIL: adminOfTests.email,
    SLIPWAY_ADMIN_PASSWORD: adminOfTests.password,
    SLIPWAY_ADMIN_TOKEN: adminOfTests.token,
    ...given,
  };
};

/** A folder that also Postgres's own user may pass through. */
export const makeHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), "slipway-system-"));
  chmodSync(home, 0o711);
  return home;
};

/** Starts every process as `npm start` does, in a home of its own on free ports. It ends with the test run, however that ends. */
export const startSystem = async ({ env = {}, home = makeHome(), keepHome = false }: { env?: Record<string, string>; home?: string; keepHome?: boolean } = {}): Promise<System> => {
  const variables = await systemVariables(home, env);
  let output = "";
  const { running, supervisor } = await launchSystem({ variables, endsWithUs: true, isBuilt: true, onOutput: (text) => (output += text) });
  const state = async (): Promise<Running> => {
    const now = await findRunning(home);
    if (!now) throw new Error(`the supervisor does not answer (${supervisor.signalCode ?? supervisor.exitCode ?? "it runs"}):\n${output.slice(-2_000)}`);
    return now;
  };
  return {
    home,
    url: running.url,
    gatewayUrl: running.gatewayUrl,
    runtimeUrl: running.runtimeUrl,
    workerUrl: running.workerUrl,
    admin: adminOfTests,
    supervisor,
    variables,
    state,
    kill: async (name, signal = "SIGKILL") => {
      const pid = (await state()).processes[name];
      if (!pid) throw new Error(`${name} does not run`);
      process.kill(pid, signal);
      return pid;
    },
    call: (method, target, body) =>
      fetch(`${running.url}${target}`, {
        method,
        headers: { authorization: `Bearer ${adminOfTests.token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ownerUrl: () => {
      const secrets = JSON.parse(readFileSync(path.join(home, "secrets.json"), "utf8")) as { postgres: { owner: string } };
      return `postgres://slipway_owner:${secrets.postgres.owner}@127.0.0.1:${readFileSync(path.join(home, "postgres.port"), "utf8")}/slipway`;
    },
    output: () => output,
    stop: async () => {
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        const ended = new Promise((resolve) => supervisor.once("exit", resolve));
        supervisor.kill("SIGTERM");
        await ended;
      }
      if (!keepHome) rmSync(home, { recursive: true, force: true });
    },
  };
};
