import { call, type Flood, flood, send, type Target } from "./target";

const batchSize = 100;
const start = Date.now();

const newRun = async (target: Target, experimentId: string): Promise<string> =>
  (await call<{ run: { info: { run_id: string } } }>(target, "POST", "runs/create", { experiment_id: experimentId, start_time: Date.now(), user_id: "bench", run_name: `writes-${Math.random()}` })).run.info.run_id;

const countPoints = async (target: Target, runId: string, key: string): Promise<number> => {
  let count = 0;
  for (let token = ""; ; ) {
    const page = await call<{ metrics?: unknown[]; next_page_token?: string }>(target, "GET", `metrics/get-history?run_id=${runId}&metric_key=${key}&max_results=25000${token === "" ? "" : `&page_token=${encodeURIComponent(token)}`}`);
    count += page.metrics?.length ?? 0;
    if (!page.next_page_token) return count;
    token = page.next_page_token;
  }
};

export type Writes = Flood & { lost: number };

/** log-batch of 100 metrics by 8 writers; every answered batch must be found again afterwards. */
export const floodBatches = async (target: Target, experimentId: string, { writers, seconds, isOneRun }: { writers: number; seconds: number; isOneRun: boolean }): Promise<Writes> => {
  const runs: string[] = [];
  for (let index = 0; index < (isOneRun ? 1 : writers); index += 1) runs.push(await newRun(target, experimentId));
  const result = await flood(writers, seconds, (writer, turn) => {
    const step = turn * writers + writer;
    const metrics = Array.from({ length: batchSize }, (_unused, index) => ({ key: `m${String(index).padStart(3, "0")}`, value: Math.sin(step + index), timestamp: start + step, step }));
    return send(target, "POST", "/api/2.0/mlflow/runs/log-batch", { run_id: runs[isOneRun ? 0 : writer], metrics });
  });
  let stored = 0;
  for (const run of runs) stored += await countPoints(target, run, "m042");
  return { ...result, lost: result.sent - stored };
};

/** log-metric by 8 connections, each on a run of its own. */
export const floodPoints = async (target: Target, experimentId: string, { writers, seconds }: { writers: number; seconds: number }): Promise<Writes> => {
  const runs = await Promise.all(Array.from({ length: writers }, () => newRun(target, experimentId)));
  const result = await flood(writers, seconds, (writer, turn) => send(target, "POST", "/api/2.0/mlflow/runs/log-metric", { run_id: runs[writer], run_uuid: runs[writer], key: "loss", value: 1 / (turn + 1), timestamp: start + turn, step: turn }));
  let stored = 0;
  for (const run of runs) stored += await countPoints(target, run, "loss");
  return { ...result, lost: result.sent - stored };
};
