export { keepWorker, queuePoolMax, waitForDatabase } from "./backend";
export { defineJob, findJob, type JobDefinition, type QueueName, queueNames } from "./define";
export { migrateQueue, queueSchema } from "./migrate";
export { type ClosableJobSender, openJobSender } from "./sender";
