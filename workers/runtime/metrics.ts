import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import { errorKinds } from "@/lib/core/errors";

/** What the runtime counts. */
export const openRuntimeMetrics = () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({ name: "slipway_runtime_requests_total", help: "Infer calls by model and status.", labelNames: ["model", "status"], registers });
  const threadRestarts = new Counter({ name: "slipway_runtime_thread_restarts_total", help: "Model threads that died or hung.", labelNames: ["model", "reason"], registers });
  return {
    registry,
    requests,
    threadRestarts,
    /** Drops the series of a model that is gone, so that they don't pile up. */
    forget: (model: string): void => {
      for (const status of Object.values(errorKinds)) requests.remove({ model, status });
      requests.remove({ model, status: 200 });
      for (const reason of ["died", "hung"]) threadRestarts.remove({ model, reason });
    },
    seconds: new Histogram({ name: "slipway_runtime_request_seconds", help: "Time from a parsed request to its answer.", buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers }),
    batchRequests: new Histogram({ name: "slipway_runtime_batch_requests", help: "Requests that ran together.", buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256], registers }),
    models: new Gauge({ name: "slipway_runtime_models", help: "Models by state.", labelNames: ["state"], registers }),
    waiting: new Gauge({ name: "slipway_runtime_waiting_requests", help: "Requests that wait for their model.", registers }),
    stuckThreads: new Gauge({ name: "slipway_runtime_stuck_threads", help: "Threads that were given up and have not ended yet.", registers }),
    cacheBytes: new Gauge({ name: "slipway_runtime_cache_bytes", help: "Bytes of model files in the cache.", registers }),
  };
};

export type RuntimeMetrics = ReturnType<typeof openRuntimeMetrics>;
