import type { TestDeps, TestDepsOptions } from "./deps";
import { openInstallation } from "./installation";
import { callMlflow, type MlflowAnswer } from "./mlflow-call";

/** Token of the administrator that `openMlflowApi` makes. */
export const adminToken = "slp_test_administrator_0123456789";

export type Answer = Omit<MlflowAnswer, "text">;
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

const send = (path: string, { body, raw, ...given }: Send = {}): Promise<Answer> =>
  callMlflow(path, { ...given, token: adminToken, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) });

/** MLflow's door on a database of its own, with an administrator. Close `deps` in afterAll. */
export const openMlflowApi = async (options?: TestDepsOptions): Promise<MlflowApi> => {
  const deps = await openInstallation(adminToken, options);
  return { deps, send, v2: (path, given) => send(`/api/2.0/mlflow/${path}`, given), v3: (path, given) => send(`/api/3.0/mlflow/${path}`, given) };
};

/** Parameters of an address; lists repeat the name. */
export const queryOf = (fields: Record<string, unknown>): string =>
  new URLSearchParams(Object.entries(fields).flatMap(([key, value]) => [value].flat().map((item) => [key, String(item)] as [string, string]))).toString();
