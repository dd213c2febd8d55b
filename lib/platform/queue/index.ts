export { keepWorker, waitForDatabase } from "./backend";
export { defineJob, type JobDefinition, type QueueName, queueNames } from "./define";
export { migrateQueue } from "./migrate";
export { type ClosableJobSender, openJobSender } from "./sender";
