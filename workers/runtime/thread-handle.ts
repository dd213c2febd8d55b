import { Worker } from "node:worker_threads";

import { AppError, messageOf } from "@/lib/core/errors";

import type { ModelInterface, Tensor } from "./tensors";
import type { FromThread, ThreadStart, ToThread } from "./thread-protocol";

export type ThreadEvents = {
  onDone: (outputs: Tensor[]) => void;
  onFailed: (message: string) => void;
  /** The thread ended on its own; called once, and never after `abandon`. */
  onDeath: (reason: string) => void;
};

export type ThreadHandle = {
  model: ModelInterface;
  run: (inputs: Tensor[]) => void;
  /** Stops listening and asks the thread to end; resolves when it has, which a thread inside native code does only when that returns. */
  abandon: () => Promise<void>;
};

const maxHeapMb = 512;

/**
 * Starts the thread of one model and waits until the model is loaded; raises unprocessable when it can't be loaded, and
 * timeout after `timeoutMs`. `onAbandoned` gets the end of a thread that was given up while loading.
 */
export const startThread = (start: ThreadStart, timeoutMs: number, events: ThreadEvents, onAbandoned: (ended: Promise<void>) => void): Promise<ThreadHandle> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./model-thread.js", import.meta.url), { workerData: start, env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
    const ended = new Promise<void>((done) => worker.once("exit", () => done()));
    let state: "loading" | "ready" | "over" = "loading";
    let nextId = 0;
    const abandon = (): Promise<void> => {
      state = "over";
      clearTimeout(timer);
      // Not terminate(): a thread that is killed inside ONNX Runtime aborts the whole process when the native code returns.
      worker.postMessage({ kind: "end" } satisfies ToThread);
      worker.unref();
      return ended;
    };
    const giveUp = (error: AppError): void => {
      if (state !== "loading") return;
      onAbandoned(abandon());
      reject(error);
    };
    const timer = setTimeout(() => giveUp(new AppError("timeout", "runtime.load_timeout", `The model did not load within ${timeoutMs} ms.`)), timeoutMs);
    const die = (reason: string): void => {
      if (state === "loading") giveUp(new AppError("unprocessable", "runtime.load_died", `The model's thread died while loading: ${reason}.`));
      else if (state === "ready") {
        state = "over";
        events.onDeath(reason);
      }
    };
    worker.on("error", (error) => die(messageOf(error)));
    worker.on("exit", (code) => die(`exit code ${code}`));
    worker.on("message", (message: FromThread) => {
      if (message.kind === "ready" && state === "loading") {
        state = "ready";
        clearTimeout(timer);
        resolve({
          model: message.model,
          run: (inputs) => {
            const request: ToThread = { kind: "run", id: nextId++, inputs };
            worker.postMessage(request, transferable(inputs));
          },
          abandon,
        });
      } else if (message.kind === "refused") giveUp(new AppError("unprocessable", "runtime.load_refused", `The model can't be loaded: ${message.message}`));
      else if (state === "ready" && message.kind === "done") events.onDone(message.outputs);
      else if (state === "ready" && message.kind === "failed") events.onFailed(message.message);
    });
  });

/** Memory that is not shared with other tensors can move to the thread instead of being copied. */
const transferable = (inputs: readonly Tensor[]): ArrayBuffer[] => inputs.flatMap(({ data }) => (Array.isArray(data) || !(data.buffer instanceof ArrayBuffer) ? [] : [data.buffer]));
