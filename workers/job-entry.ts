import type { Deps } from "@/lib/platform/context";
import type { JobDefinition } from "@/lib/platform/queue";

/** One line of the registry: a kind of job, what does it, and how work is found that nobody was woken for. */
export type JobEntry<Payload extends Record<string, unknown> = Record<string, unknown>> = {
  job: JobDefinition<Payload>;
  /** Short, and safe to run twice, late, or beside its twin. */
  handle: (deps: Deps, payload: Payload) => Promise<unknown>;
  /** What of the result of `handle` is counted in the metrics of the worker, by name. */
  tally?: (result: unknown) => Record<string, number>;
  /** Payloads of the work that is due by the rows of Postgres. Without it, a job with `everyMs` is due at each beat. */
  sweep?: (deps: Deps) => Promise<Payload[]>;
  /** How often the sweeper looks, in milliseconds: 500 at least, and by default. */
  everyMs?: number;
};

/** Lets jobs of different payloads stand in one list; the schema is checked again before `handle` runs. */
export const entry = <Payload extends Record<string, unknown>>(given: JobEntry<Payload>): JobEntry => given as unknown as JobEntry;
