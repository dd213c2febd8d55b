import { inspectEntry } from "./inspection/inspect";
import type { JobEntry } from "./job-entry";
import { partitionsEntry } from "./maintenance/make-partitions";
import { retentionEntry } from "./maintenance/enforce-retention";

/** Every kind of job that a worker knows. */
export const registry: readonly JobEntry[] = [inspectEntry, partitionsEntry, retentionEntry];
