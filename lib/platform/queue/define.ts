import type { z } from "zod";

/** The two queues: `fast` for what takes milliseconds to a second, `slow` for what takes seconds. */
export const queueNames = ["fast", "slow"] as const;
export type QueueName = (typeof queueNames)[number];

export type JobDefinition<Payload extends Record<string, unknown> = Record<string, unknown>> = {
  /** `<slice>.<verb>`; kept for ever, because jobs of the previous release may still wait. */
  name: string;
  queue: QueueName;
  payload: z.ZodType<Payload>;
};

/** Next bundles routes apart, and each bundle has module state of its own: what is declared is kept once a process. */
const symbol = Symbol.for("slipway.jobs");
const holder = globalThis as unknown as Record<symbol, Map<string, JobDefinition> | undefined>;
const declared = (holder[symbol] ??= new Map<string, JobDefinition>());

/** Declares a kind of job, so that both ends check its payload. */
export const defineJob = <Payload extends Record<string, unknown>>(definition: JobDefinition<Payload>): JobDefinition<Payload> => {
  declared.set(definition.name, definition);
  return definition;
};

/** The declaration of a job that this process has loaded, if any. */
export const findJob = (name: string): JobDefinition | undefined => declared.get(name);
