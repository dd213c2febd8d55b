import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

import { processWide } from "./process-wide";

const open = () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ["operation", "status"] as const;
  return {
    registry,
    requests: new Counter({ name: "slipway_http_requests_total", help: "Calls of the Slipway API by operation and status.", labelNames, registers: [registry] }),
    seconds: new Histogram({ name: "slipway_http_request_seconds", help: "Time to answer a call of the Slipway API.", labelNames: ["operation"], buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10], registers: [registry] }),
  };
};

/** Counters of this web process. */
export const webMetrics = () => processWide("metrics", open);

export const observeCall = (operation: string, status: number, durationMs: number): void => {
  const { requests, seconds } = webMetrics();
  requests.inc({ operation, status });
  seconds.observe({ operation }, durationMs / 1000);
};
