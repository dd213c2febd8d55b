import type { LookupFunction } from "node:net";

import type { ResponseLimits, UpstreamAnswer } from "./response-parser";
import { Connection, type ConnectionEnd } from "./upstream-connection";

export type UpstreamFailure = { error: "connect" | "timeout" | "upstream" | "busy"; message: string };
export type UpstreamRequest = { head: string; body: Buffer; timeoutMs: number };
export type UpstreamCall = { abort: () => void };
export type UpstreamListener = { onAnswer: (answer: UpstreamAnswer) => void; onFailure: (failure: UpstreamFailure) => void };

export type PoolOptions = { maxConnections: number; maxWaiting: number; connectTimeoutMs: number; idleMs: number; limits: ResponseLimits; lookup?: LookupFunction };

export const defaultPoolOptions: PoolOptions = {
  maxConnections: 512,
  maxWaiting: 2048,
  connectTimeoutMs: 2_000,
  // Below the 5 s after which Node's own servers close an idle connection.
  idleMs: 4_000,
  limits: { maxHeadBytes: 32_768, maxBodyBytes: 64 * 1024 * 1024 },
};

class Call implements UpstreamCall {
  connection: Connection | undefined;
  hasRetried = false;
  isSettled = false;
  timer: NodeJS.Timeout | undefined;

  constructor(
    readonly request: UpstreamRequest,
    readonly listener: UpstreamListener,
  ) {}

  abort(): void {
    if (!this.settle()) return;
    this.connection?.destroy();
  }

  /** True the first time: whatever comes later is ignored. */
  settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    clearTimeout(this.timer);
    return true;
  }

  fail(failure: UpstreamFailure): void {
    if (this.settle()) this.listener.onFailure(failure);
  }
}

/** Keep-alive connections to one origin, newest idle one first, with a bounded queue of callers behind the bound of connections. */
export class UpstreamPool {
  private readonly idle: Connection[] = [];
  private readonly waiting: Call[] = [];
  private open = 0;

  constructor(
    private readonly origin: URL,
    private readonly options: PoolOptions = defaultPoolOptions,
  ) {}

  get openConnections(): number {
    return this.open;
  }

  /** Sends a request; exactly one of the listener's functions is called once, or none after `abort`. */
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new Call(request, listener);
    call.timer = setTimeout(() => this.expire(call), request.timeoutMs);
    this.start(call, false);
    return call;
  }

  /** Closes idle connections that the upstream may close soon. */
  sweep(nowMs: number): void {
    for (let index = this.idle.length - 1; index >= 0; index -= 1) {
      const connection = this.idle[index];
      if (connection && connection.usableUntilMs <= nowMs) {
        this.idle.splice(index, 1);
        connection.destroy();
      }
    }
  }

  closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
  }

  private start(call: Call, needsFresh: boolean): void {
    const connection = (needsFresh ? undefined : this.takeIdle()) ?? (this.open < this.options.maxConnections ? this.connect() : undefined);
    if (connection) this.run(call, connection);
    else if (this.waiting.length < this.options.maxWaiting) this.waiting.push(call);
    else call.fail({ error: "busy", message: "too many calls wait for this runtime" });
  }

  private takeIdle(): Connection | undefined {
    const nowMs = performance.now();
    for (let connection = this.idle.pop(); connection; connection = this.idle.pop()) {
      if (!connection.isClosed && connection.usableUntilMs > nowMs) return connection;
      connection.destroy();
    }
    return undefined;
  }

  private connect(): Connection {
    this.open += 1;
    const { connectTimeoutMs, idleMs, limits, lookup } = this.options;
    return new Connection(this.origin, { connectTimeoutMs, lookup }, idleMs, limits, (connection) => this.release(connection), (connection) => this.forget(connection));
  }

  private run(call: Call, connection: Connection): void {
    call.connection = connection;
    connection.send(call.request.head, call.request.body, {
      onAnswer: (answer) => {
        if (call.settle()) call.listener.onAnswer(answer);
      },
      onEnd: (end) => this.recover(call, end),
    });
  }

  /** Retries once, and only when an idle connection turned out closed before a single byte of an answer. */
  private recover(call: Call, end: ConnectionEnd): void {
    if (call.isSettled) return;
    const retries = end.isStale && !call.hasRetried;
    if (!retries) call.fail({ error: end.kind, message: end.message });
    else {
      call.hasRetried = true;
      this.start(call, true);
    }
  }

  private expire(call: Call): void {
    const { connection } = call;
    call.fail({ error: "timeout", message: `no answer within ${call.request.timeoutMs} ms` });
    connection?.destroy();
  }

  private release(connection: Connection): void {
    const next = this.nextWaiting();
    if (next) queueMicrotask(() => (connection.isClosed ? this.start(next, false) : this.run(next, connection)));
    else this.idle.push(connection);
  }

  private forget(connection: Connection): void {
    this.open -= 1;
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
    const next = this.nextWaiting();
    if (next) this.start(next, false);
  }

  private nextWaiting(): Call | undefined {
    let next = this.waiting.shift();
    while (next?.isSettled) next = this.waiting.shift();
    return next;
  }
}
