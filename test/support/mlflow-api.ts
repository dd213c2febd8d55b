import { setWebDeps } from "@/lib/http/deps";
import { bootstrapInstallation } from "@/lib/identity/server";

import { testDeps, type TestDeps, type TestDepsOptions } from "./deps";
import { handleMlflow } from "./mlflow";

/** Token of the administrator that `openMlflowApi` makes. */
export const adminToken = "slp_test_administrator_0123456789";

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };
export type Send = { method?: string; body?: unknown; raw?: string | Uint8Array; headers?: Record<string, string> };

export type MlflowApi = {
  deps: TestDeps;
  /** Sends to any address of the door as the administrator; objects of the answer are read, other content is `text`. */
  send: (path: string, given?: Send) => Promise<Answer>;
  /** The same below /api/2.0/mlflow/. */
  v2: (path: string, given?: Send) => Promise<Answer>;
  /** The same below /api/3.0/mlflow/. */
  v3: (path: string, given?: Send) => Promise<Answer>;
};

const send = async (path: string, { method, body, raw, headers = {} }: Send = {}): Promise<Answer> => {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await handleMlflow(new Request(`http://127.0.0.1:3000${path}`, {
    method: method ?? (content === undefined ? "GET" : "POST"),
    headers: { authorization: `Bearer ${adminToken}`, ...(content === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(content === undefined ? {} : { body: typeof content === "string" ? content : Buffer.from(content) }),
  }));
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text } };
};

/** MLflow's door on a database of its own, with an administrator. Close `deps` in afterAll. */
export const openMlflowApi = async (options?: TestDepsOptions): Promise<MlflowApi> => {
  const deps = await testDeps(options);
  deps.clock.useDatabase();
  setWebDeps(deps);
  await bootstrapInstallation(deps, { token: adminToken });
  return { deps, send, v2: (path, given) => send(`/api/2.0/mlflow/${path}`, given), v3: (path, given) => send(`/api/3.0/mlflow/${path}`, given) };
};

/** Parameters of an address; lists repeat the name. */
export const queryOf = (fields: Record<string, unknown>): string =>
  new URLSearchParams(Object.entries(fields).flatMap(([key, value]) => [value].flat().map((item) => [key, String(item)] as [string, string]))).toString();
