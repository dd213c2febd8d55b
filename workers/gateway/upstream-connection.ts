import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { FramingError, ResponseParser, type ResponseLimits, type UpstreamAnswer } from "./response-parser";

export type ConnectionEnd = { kind: "connect" | "upstream"; message: string; isStale: boolean };
export type ConnectionUser = { onAnswer: (answer: UpstreamAnswer) => void; onEnd: (end: ConnectionEnd) => void };

/** One keep-alive connection to an upstream; carries one request at a time. */
export class Connection {
  private readonly socket: Socket;
  private readonly parser: ResponseParser;
  private user: ConnectionUser | undefined;
  private isConnected = false;
  private carried = 0;
  private connectTimer: NodeJS.Timeout | undefined;
  private failure = "";
  /** Monotonic milliseconds until which an idle connection may be used again. */
  usableUntilMs = Infinity;
  isClosed = false;

  constructor(
    origin: URL,
    { connectTimeoutMs, lookup }: { connectTimeoutMs: number; lookup: LookupFunction | undefined },
    private readonly defaultIdleMs: number,
    limits: ResponseLimits,
    private readonly onIdle: (connection: Connection) => void,
    private readonly onClose: (connection: Connection) => void,
  ) {
    this.parser = new ResponseParser(limits);
    const isTls = origin.protocol === "https:";
    const options = { host: origin.hostname.replace(/^\[|\]$/g, ""), port: Number(origin.port) || (isTls ? 443 : 80), ...(lookup ? { lookup } : {}) };
    this.socket = isTls ? connectTls({ ...options, servername: origin.hostname }) : connectTcp(options);
    this.socket.setNoDelay(true);
    this.connectTimer = setTimeout(() => this.socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)), connectTimeoutMs);
    this.socket.once(isTls ? "secureConnect" : "connect", () => {
      this.isConnected = true;
      clearTimeout(this.connectTimer);
    });
    this.socket.on("data", (chunk: Buffer) => this.take(chunk));
    this.socket.on("end", () => this.finish());
    this.socket.on("error", (error) => (this.failure = error.message));
    this.socket.on("close", () => this.close());
  }

  /** True when this connection carried a request before: an idle one may have been closed by the other side meanwhile. */
  get isReused(): boolean {
    return this.carried > 1;
  }

  send(head: string, body: Buffer, user: ConnectionUser): void {
    this.user = user;
    this.carried += 1;
    this.parser.reset();
    if (body.length <= 16_384) {
      const request = Buffer.allocUnsafe(head.length + body.length);
      request.write(head, 0, "latin1");
      body.copy(request, head.length);
      this.socket.write(request);
      return;
    }
    this.socket.cork();
    this.socket.write(head, "latin1");
    this.socket.write(body);
    this.socket.uncork();
  }

  /** Gives the request up: a late answer must never meet the next request. */
  destroy(): void {
    this.user = undefined;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    if (!this.user) return void this.socket.destroy(new Error("bytes on an idle connection"));
    try {
      if (this.parser.push(chunk)) this.complete();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.socket.destroy(error);
    }
  }

  private complete(): void {
    const user = this.user;
    this.user = undefined;
    // An upstream that answers before it has read the whole request can't be given another one.
    const isReusable = this.parser.keepsAlive && this.socket.writableLength === 0 && !this.socket.destroyed && this.socket.writable;
    if (isReusable) {
      const promisedMs = this.parser.keepAliveSeconds === undefined ? this.defaultIdleMs : Math.max(0, this.parser.keepAliveSeconds * 1000 - 1000);
      this.usableUntilMs = performance.now() + Math.min(promisedMs, 60_000);
    }
    const answer = this.parser.take();
    if (isReusable) this.onIdle(this);
    else this.socket.destroy();
    user?.onAnswer(answer);
  }

  private finish(): void {
    if (this.user && this.parser.end()) this.complete();
    else this.socket.destroy();
  }

  private close(): void {
    this.isClosed = true;
    clearTimeout(this.connectTimer);
    const user = this.user;
    this.user = undefined;
    this.onClose(this);
    user?.onEnd({
      kind: this.isConnected ? "upstream" : "connect",
      message: this.failure || "the connection was closed before the answer was complete",
      isStale: this.isReused && !this.parser.hasStarted,
    });
  }
}
