import { sequenceEntry } from "./audit/sequence";
import { expireRequestsEntry } from "./governance/expire";
import { inspectEntry } from "./inspection/inspect";
import type { JobEntry } from "./job-entry";
import { collectEntry } from "./maintenance/collect-storage";
import { hashEntry } from "./maintenance/hash-artifact";
import { partitionsEntry } from "./maintenance/make-partitions";
import { purgeEntry } from "./maintenance/purge-deleted";
import { retentionEntry } from "./maintenance/enforce-retention";
import { monitoringRetentionEntry } from "./monitoring/enforce-retention";
import { consumeEntry } from "./monitoring/consume";
import { evaluateEntry } from "./monitoring/evaluate";
import { joinLabelsEntry } from "./monitoring/join-labels";
import { tickRolloutEntry } from "./rollouts/tick";
import { reconcileRuntimesEntry } from "./serving/reconcile";
import { deliverWebhookEntry, pruneDeliveriesEntry, queueDeliveriesEntry } from "./webhooks/deliver";

/** Every kind of job that a worker knows. */
export const registry: readonly JobEntry[] = [sequenceEntry, inspectEntry, reconcileRuntimesEntry, tickRolloutEntry, expireRequestsEntry, consumeEntry, joinLabelsEntry, evaluateEntry, partitionsEntry, retentionEntry, queueDeliveriesEntry, deliverWebhookEntry, pruneDeliveriesEntry, hashEntry, purgeEntry, collectEntry, monitoringRetentionEntry];
