import type { Logger } from "@/lib/platform/log";

import type { RuntimeMetrics } from "./metrics";

const graceMs = 5_000;
const maxStuck = 2;

/**
 * Keeps count of threads that were given up. A thread inside native code can't be stopped and keeps a core busy; when
 * `maxStuck` of them do not end, `onTooMany` is called, because only the end of the process frees those cores.
 */
export const watchStuckThreads = (log: Logger, metrics: RuntimeMetrics, onTooMany: () => void) => {
  const stuck = new Set<Promise<void>>();
  const overdue = new Set<Promise<void>>();
  return {
    add: (ended: Promise<void>): void => {
      stuck.add(ended);
      metrics.stuckThreads.set(stuck.size);
      const timer = setTimeout(() => {
        overdue.add(ended);
        log.error({ stuckThreads: overdue.size }, "a model thread does not end");
        if (overdue.size >= maxStuck) onTooMany();
      }, graceMs).unref();
      void ended.then(() => {
        clearTimeout(timer);
        stuck.delete(ended);
        overdue.delete(ended);
        metrics.stuckThreads.set(stuck.size);
      });
    },
    /** Waits until all have ended; false when some have not within `timeoutMs`. */
    settle: (timeoutMs: number): Promise<boolean> =>
      new Promise((resolve) => {
        // Not unreferenced: when nothing else is left, Node would exit by itself and wait for the stuck threads for ever.
        const timer = setTimeout(() => resolve(false), timeoutMs);
        void Promise.all(stuck).then(() => {
          clearTimeout(timer);
          resolve(true);
        });
      }),
  };
};

export type StuckThreads = ReturnType<typeof watchStuckThreads>;
