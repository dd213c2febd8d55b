import { sequenceEntry } from "./audit/sequence";
import { expireRequestsEntry } from "./governance/expire";
import { inspectEntry } from "./inspection/inspect";
import type { JobEntry } from "./job-entry";
import { partitionsEntry } from "./maintenance/make-partitions";
import { retentionEntry } from "./maintenance/enforce-retention";
import { tickRolloutEntry } from "./rollouts/tick";
import { reconcileRuntimesEntry } from "./serving/reconcile";

/** Every kind of job that a worker knows. */
export const registry: readonly JobEntry[] = [sequenceEntry, inspectEntry, reconcileRuntimesEntry, tickRolloutEntry, expireRequestsEntry, partitionsEntry, retentionEntry];
