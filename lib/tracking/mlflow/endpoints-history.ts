import { getHistories, getSampledHistories, searchDatasets } from "../service-history";
import type { RunPoint } from "../store-history";
import { type Endpoint, get, post } from "./endpoint";
import { compact } from "./output";

const pointEntity = (key: string) => ({ runId, value, timestamp, step }: RunPoint) => ({ key, value, timestamp, step, run_id: runId });

/** Histories of several runs at once and the datasets of experiments, as MLflow's own pages ask for them. */
export const historyEndpoints: Endpoint[] = [
  get("mlflow/metrics/get-history-bulk", async (ctx, input) => {
    const key = input.plain("metric_key");
    return { metrics: (await getHistories(ctx, input.texts("run_id"), key, input.int("max_results"))).map(pointEntity(key)) };
  }),
  get("mlflow/metrics/get-history-bulk-interval", async (ctx, input) => {
    const runIds = input.texts("run_ids");
    if (runIds.length === 0) input.need("run_ids");
    const key = input.need("metric_key");
    const points = await getSampledHistories(ctx, { runIds, key, startStep: input.int("start_step"), endStep: input.int("end_step"), steps: input.int("max_results") });
    return compact({ metrics: points.map(pointEntity(key)) });
  }),
  post("mlflow/experiments/search-datasets", async (ctx, input) => {
    const found = await searchDatasets(ctx, input.texts("experiment_ids"));
    return compact({ dataset_summaries: found.map(({ experimentNumber, name, digest, context }) => compact({ experiment_id: String(experimentNumber), name, digest, context })) });
  }),
];
