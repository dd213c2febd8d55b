import { setTimeout as sleep } from "node:timers/promises";

export type Load = {
  sent: number;
  /** Answered with 200. */
  answered: number;
  /** Answered with anything else, or not at all. */
  failed: number;
  retried: number;
  /** Longest time between two good answers, start and end of the load included. */
  longestGapMs: number;
  /** How often each status came; 0 stands for a connection that stayed broken. */
  statuses: Record<number, number>;
};

export type LoadOptions = {
  perSecond: number;
  /** A number, or a promise at whose end the load ends. */
  seconds: number | Promise<unknown>;
  /** How often an error of the connection is tried again, 50 ms apart. */
  retries?: number;
};

/**
 * Sends requests at a fixed rate, each on time whatever the others do. `call` answers with a status, or rejects where the connection
 * broke: only then is it tried again, as a sane client does.
 */
export const sendLoad = async (call: () => Promise<number>, { perSecond, seconds, retries = 20 }: LoadOptions): Promise<Load> => {
  const result: Load = { sent: 0, answered: 0, failed: 0, retried: 0, longestGapMs: 0, statuses: {} };
  const startedAt = performance.now();
  let lastAnswerAt = startedAt;
  const closeGap = (): void => {
    result.longestGapMs = Math.max(result.longestGapMs, performance.now() - lastAnswerAt);
    lastAnswerAt = performance.now();
  };
  const settle = (status: number): void => {
    result.statuses[status] = (result.statuses[status] ?? 0) + 1;
    if (status !== 200) result.failed += 1;
    else {
      result.answered += 1;
      closeGap();
    }
  };
  const one = async (): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      try {
        settle(await call()); return;
      } catch {
        if (tries >= retries) { settle(0); return; }
        result.retried += 1;
        await sleep(50);
      }
    }
  };
  let isOver = false;
  if (typeof seconds !== "number") void seconds.then(() => (isOver = true), () => (isOver = true));
  const last = typeof seconds === "number" ? perSecond * seconds : Number.POSITIVE_INFINITY;
  const pending = new Set<Promise<void>>();
  for (let index = 0; index < last && !isOver; index += 1) {
    const dueMs = startedAt + (index * 1000) / perSecond - performance.now();
    if (dueMs > 0) await sleep(dueMs);
    result.sent += 1;
    const work = one().finally(() => pending.delete(work));
    pending.add(work);
  }
  await Promise.all(pending);
  closeGap();
  return result;
};
