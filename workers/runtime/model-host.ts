import { AppError, messageOf } from "@/lib/core/errors";
import type { Logger } from "@/lib/platform/log";

import { countBatch, mergeInputs, type Pending, splitOutputs } from "./batch";
import type { RuntimeMetrics } from "./metrics";
import { startThread, type ThreadHandle } from "./thread-handle";
import type { ModelInterface, Tensor } from "./tensors";

export type HostState = "LOADING" | "READY" | "UNLOADING" | "UNAVAILABLE";
export type HostOptions = { timeoutMs: number; loadTimeoutMs: number; maxBatchRows: number; maxQueue: number; threads: number };
export type HostTools = { log: Logger; metrics: RuntimeMetrics; /** Gets the end of every thread that was given up. */ onAbandoned: (ended: Promise<void>) => void };

const restartWindowMs = 60_000;
const maxRestarts = 5;
const sweepMs = 50;

/** One loaded model: its thread, the requests that wait for it, and what happens when the thread dies or hangs. */
export class ModelHost {
  readonly name: string;
  #path: string;
  #options: HostOptions;
  #tools: HostTools;
  #thread: ThreadHandle | undefined;
  #model: ModelInterface | undefined;
  #state: HostState = "LOADING";
  #reason = "";
  #queue: Pending[] = [];
  #running: Pending[] = [];
  #runningSinceMs = 0;
  #isScheduled = false;
  #sweeper: NodeJS.Timeout | undefined;
  #restarts: number[] = [];
  #onIdle: (() => void) | undefined;

  constructor(name: string, path: string, options: HostOptions, tools: HostTools) {
    this.name = name;
    this.#path = path;
    this.#options = options;
    this.#tools = tools;
  }

  get state(): HostState {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  get isBatchable(): boolean {
    return this.#model?.isBatchable ?? false;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Loads the model; raises what startThread raises. */
  async start(): Promise<void> {
    this.#state = "LOADING";
    const thread: ThreadHandle = await startThread(
      { path: this.#path, threads: this.#options.threads },
      this.#options.loadTimeoutMs,
      { onDone: (outputs) => this.#finish(outputs), onFailed: (message) => this.#fail(message), onDeath: (reason) => this.#lose(`The model's thread died (${reason}).`, "died") },
      this.#tools.onAbandoned,
    );
    this.#thread = thread;
    this.#model = thread.model;
    if (this.#state !== "LOADING") {
      this.#tools.onAbandoned(thread.abandon());
      return;
    }
    this.#state = "READY";
    this.#reason = "";
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /** The interface of the model; raises unavailable while it can't answer. */
  interface(): ModelInterface {
    if (this.#state === "READY" && this.#model) return this.#model;
    const why = this.#state === "UNAVAILABLE" ? `is not available: ${this.#reason} Load it again.` : `is ${this.#state.toLowerCase()}; try again shortly.`;
    throw new AppError("unavailable", "runtime.not_ready", `Model ${this.name} ${why}`, { retryAfterSeconds: 1 });
  }

  /** Answers one request; raises unavailable (full queue, thread lost), timeout, or unprocessable when the model itself fails on it. */
  infer(inputs: Tensor[]): Promise<Tensor[]> {
    if (this.#queue.length >= this.#options.maxQueue) throw new AppError("unavailable", "runtime.queue_full", `Model ${this.name} has ${this.#queue.length} requests waiting; send fewer at a time.`, { retryAfterSeconds: 1 });
    return new Promise((resolve, reject) => {
      this.#queue.push({ inputs, rows: inputs[0]?.shape[0] ?? 1, arrivedAtMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /** Takes no more requests, waits for those under way (at most `timeoutMs`), and ends the thread. */
  async stop(): Promise<void> {
    const wasReady = this.#state === "READY";
    this.#state = "UNLOADING";
    if (wasReady && this.#queue.length + this.#running.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    clearInterval(this.#sweeper);
    this.#rejectAll(new AppError("unavailable", "runtime.unloaded", `Model ${this.name} was unloaded.`));
    if (this.#thread) this.#tools.onAbandoned(this.#thread.abandon());
    this.#thread = undefined;
  }

  /** Waits for the end of this turn of the event loop, so that whatever arrives in it runs together; no timer, so nobody waits longer. */
  #schedule(): void {
    if (this.#isScheduled || this.#running.length > 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#runNext();
    });
  }

  #runNext(): void {
    if (this.#running.length > 0 || !this.#thread) return;
    const maxRows = this.#model?.isBatchable ? this.#options.maxBatchRows : 0;
    const batch = this.#queue.splice(0, countBatch(this.#queue, maxRows));
    if (batch.length === 0) return this.#onIdle?.();
    this.#dispatch(batch, this.#thread);
  }

  #dispatch(batch: Pending[], thread: ThreadHandle): void {
    this.#running = batch;
    this.#runningSinceMs = performance.now();
    this.#tools.metrics.batchRequests.observe(batch.length);
    thread.run(mergeInputs(batch));
  }

  #finish(outputs: Tensor[]): void {
    const batch = this.#running;
    this.#running = [];
    try {
      for (const [index, part] of splitOutputs(batch, outputs).entries()) batch[index]?.resolve(part);
    } catch (error) {
      this.#tools.log.warn({ model: this.name, error: messageOf(error) }, "model does not keep rows apart; batching is switched off");
      if (this.#model) this.#model = { ...this.#model, isBatchable: false };
      this.#runAlone(batch);
    }
    this.#runNext();
  }

  #fail(message: string): void {
    const batch = this.#running;
    this.#running = [];
    // One bad request must not fail those that happened to run with it.
    if (batch.length > 1) this.#runAlone(batch);
    else batch[0]?.reject(new AppError("unprocessable", "runtime.run_failed", `The model failed on this input: ${message}`));
    this.#runNext();
  }

  #runAlone(batch: readonly Pending[]): void {
    this.#queue.unshift(...batch.map((pending) => ({ ...pending, rows: Infinity })));
  }

  #sweep(): void {
    const oldest = performance.now() - this.#options.timeoutMs;
    if (this.#running.length > 0 && this.#runningSinceMs < oldest) {
      this.#lose(`The model did not answer within ${this.#options.timeoutMs} ms.`, "hung");
      return;
    }
    const late = this.#queue.findIndex((pending) => pending.arrivedAtMs >= oldest);
    const expired = this.#queue.splice(0, late === -1 ? this.#queue.length : late);
    for (const pending of expired) pending.reject(new AppError("timeout", "runtime.timeout", `Model ${this.name} did not get to this request within ${this.#options.timeoutMs} ms.`));
  }

  /** Gives up a dead or hung thread: answers whoever waited for it and starts another, unless that happens too often. */
  #lose(reason: string, how: "died" | "hung"): void {
    const thread = this.#thread;
    this.#thread = undefined;
    if (how === "hung" && thread) this.#tools.onAbandoned(thread.abandon());
    this.#tools.metrics.threadRestarts.inc({ model: this.name, reason: how });
    this.#tools.log.error({ model: this.name, reason, waiting: this.#queue.length }, "model thread lost");
    const running = this.#running;
    this.#running = [];
    for (const pending of running) pending.reject(new AppError(how === "hung" ? "timeout" : "internal", `runtime.thread_${how}`, reason));
    this.#rejectAll(new AppError("unavailable", "runtime.restarting", `Model ${this.name} is restarting: ${reason}`, { retryAfterSeconds: 1 }));
    if (this.#state !== "READY") return;
    const now = performance.now();
    this.#restarts = [...this.#restarts.filter((at) => at > now - restartWindowMs), now];
    this.#reason = reason;
    if (this.#restarts.length > maxRestarts) {
      this.#state = "UNAVAILABLE";
      this.#reason = `${reason} It was restarted ${maxRestarts} times within a minute.`;
      return;
    }
    this.#state = "LOADING";
    this.start().catch((error: unknown) => {
      if (this.#state === "LOADING") this.#state = "UNAVAILABLE";
      this.#reason = messageOf(error);
      this.#tools.log.error({ model: this.name, error: messageOf(error) }, "model could not be restarted");
    });
  }

  #rejectAll(error: AppError): void {
    const waiting = [...this.#running, ...this.#queue];
    this.#running = [];
    this.#queue = [];
    for (const pending of waiting) pending.reject(error);
    this.#onIdle?.();
  }
}
