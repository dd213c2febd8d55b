import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { hasCode } from "@/lib/platform/file-system";

import { BodyTooLarge, ClientGone, type Exchange } from "./exchange";

const loopback = /^(?:::ffff:)?127\.|^::1$/;
const empty = Buffer.alloc(0);

class NodeExchange implements Exchange {
  readonly method: string;
  readonly target: string;
  private abort: (() => void) | undefined;
  private isOver = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly front: Front,
  ) {
    this.method = request.method ?? "GET";
    this.target = request.url ?? "/";
    response.once("close", () => {
      if (this.isOver) return;
      this.isOver = true;
      this.abort?.();
    });
  }

  get isLoopback(): boolean {
    return loopback.test(this.request.socket.remoteAddress ?? "") && this.request.headers["x-forwarded-for"] === undefined;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  onAbort(listener: () => void): void {
    this.abort = listener;
    if (this.isOver) listener();
  }

  readBody(maxBytes: number): Promise<Buffer> {
    const { request } = this;
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.reject(new BodyTooLarge());
    if (request.headers["content-length"] === undefined && request.headers["transfer-encoding"] === undefined) return Promise.resolve(empty);
    if (request.headers.expect !== undefined) this.response.writeContinue();
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let size = 0;
      request.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) {
          request.pause();
          reject(new BodyTooLarge());
        } else parts.push(chunk);
      });
      request.once("end", () => resolve(parts.length === 1 ? (parts[0] ?? empty) : Buffer.concat(parts, size)));
      request.once("error", () => reject(new ClientGone()));
      request.once("close", () => {
        if (!request.complete) reject(new ClientGone());
      });
    });
  }

  respond(status: number, headers: string[], body: Buffer | string): void {
    if (this.isOver) return;
    this.isOver = true;
    headers.push("content-length", String(typeof body === "string" ? Buffer.byteLength(body) : body.length));
    // What was not read of the request can't be told from a next one.
    if (!this.request.complete || this.front.takesLeave()) headers.push("connection", "close");
    this.response.writeHead(status, headers);
    this.response.end(body);
  }
}

const refusals: Record<string, [number, string, string]> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The request's headers are larger than 16 KB."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request did not arrive in time."],
};

/** Answers what is not a request by the letter of HTTP/1.1, and closes the connection. */
const refuse = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, phrase, reason] = refusals[error.code ?? ""] ?? [400, "Bad Request", "This is not a well-formed HTTP/1.1 request."];
  const body = JSON.stringify({ error: reason });
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`, () => socket.destroy());
};

/** Node's HTTP server as the gateway's front. */
export class Front {
  readonly server: Server;
  private leaving = false;
  private toShed = 0;

  constructor(handle: (exchange: Exchange) => void) {
    const accept = (request: IncomingMessage, response: ServerResponse): void => handle(new NodeExchange(request, response, this));
    this.server = createServer({ maxHeaderSize: 16_384, keepAliveTimeout: 75_000, headersTimeout: 30_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000, noDelay: true }, accept);
    // 100 Continue is sent when the body is wanted, so that a refused one is never uploaded.
    this.server.on("checkContinue", accept);
    this.server.on("clientError", refuse);
  }

  /** Whether the connection of the answer being sent should be closed after it. */
  takesLeave(): boolean {
    if (this.leaving) return true;
    if (this.toShed === 0) return false;
    this.toShed -= 1;
    return true;
  }

  /** Lets the clients of some connections connect anew, where another process may take them. */
  shed(connections: number): void {
    this.toShed = connections;
  }

  connections(): Promise<number> {
    return new Promise((resolve) => this.server.getConnections((_error, count) => resolve(count)));
  }

  /** Listens; a port that is still held by processes that are leaving is tried again for `patienceMs`. */
  async listen(port: number, host: string, patienceMs = 0): Promise<void> {
    const endAt = performance.now() + patienceMs;
    for (;;) {
      try {
        await this.listenOnce(port, host);
        return;
      } catch (error) {
        const isTaken = hasCode(error, "EADDRINUSE");
        if (!isTaken || performance.now() >= endAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private listenOnce(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ port, host, backlog: 1024 }, () => {
        this.server.off("error", reject);
        resolve();
      });
    });
  }

  /** Stops accepting, lets running exchanges end, and resolves when all are answered or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void> {
    this.leaving = true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.server.closeAllConnections();
        resolve();
      }, deadlineMs);
      this.server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }
}
