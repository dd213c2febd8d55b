"use client";

import { useCallback, useRef, useState } from "react";

export type Work = {
  isPending: boolean;
  /** What the last attempt threw; undefined while one runs and after one that went well. */
  failure: unknown;
  /** Runs one piece of work; a second call while it runs does nothing. Never rejects. */
  run: (work: () => Promise<unknown>, options?: { leaves?: boolean | undefined }) => Promise<void>;
  reset: () => void;
};

const isStopped = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** Work that a control starts: whether it runs, and how it failed. One that `leaves` the page stays pending until the page is gone; one that the reader stopped is no failure. */
export const useWork = (): Work => {
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const isRunning = useRef(false);
  const settle = useCallback((next: unknown) => {
    isRunning.current = false;
    setPending(false);
    setFailure(next);
  }, []);
  const reset = useCallback(() => settle(undefined), [settle]);
  const run = useCallback<Work["run"]>(async (work, { leaves = false } = {}) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setPending(true);
    setFailure(undefined);
    try {
      await work();
      if (!leaves) settle(undefined);
    } catch (error) {
      settle(isStopped(error) ? undefined : error);
    }
  }, [settle]);
  return { isPending, failure, run, reset };
};
