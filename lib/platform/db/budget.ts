/** Connections that a pool of rows may open, by what opens it. */
export const poolMax = { web: 10, worker: 6, gateway: 2, inferenceLog: 2, consumer: 2, command: 1 } as const;

/** Connections of each queue's pool; a worker on a queue has another such pool, and each pool a LISTEN connection beside it. */
export const queuePoolMax = 2;

const queues = 2;
const queueSide = queues * (queuePoolMax + 1);

/** Connections to Postgres that one process of a kind opens at most; the gateway counts with `gatewayProcesses` serving processes. */
export const connectionBudget = (gatewayProcesses: number): Record<"web" | "worker" | "gateway" | "operations", number> => ({
  web: poolMax.web + poolMax.inferenceLog + queueSide,
  worker: poolMax.worker + poolMax.inferenceLog + poolMax.consumer + 2 * queueSide,
  gateway: poolMax.gateway + 1 + gatewayProcesses, // rows, LISTEN, and a log session each
  operations: 4, // supervisor, migration, backup, an administrator's command
});
