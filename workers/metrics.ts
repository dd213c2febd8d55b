import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60];

/** What a worker counts about its jobs. */
export const openJobMetrics = () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    waited: new Histogram({ name: "slipway_job_wait_seconds", help: "Time from the wake-up to the start of a job.", labelNames: ["job"], buckets: seconds, registers: [registry] }),
    ran: new Histogram({ name: "slipway_job_run_seconds", help: "Time that a job ran.", labelNames: ["job"], buckets: seconds, registers: [registry] }),
    failed: new Counter({ name: "slipway_job_failed_total", help: "Jobs that ended with an error.", labelNames: ["job"], registers: [registry] }),
    unknown: new Counter({ name: "slipway_job_unknown_total", help: "Jobs of a kind that this release does not know.", registers: [registry] }),
    items: new Counter({ name: "slipway_job_items_total", help: "What jobs did, by kind of thing: runs purged, files collected, bytes freed.", labelNames: ["job", "item"], registers: [registry] }),
    swept: new Counter({ name: "slipway_job_swept_total", help: "Due work found by the sweeper.", labelNames: ["job"], registers: [registry] }),
  };
};

export type JobMetrics = ReturnType<typeof openJobMetrics>;
