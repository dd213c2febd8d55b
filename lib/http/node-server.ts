import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Answers a request; the body of one that `Expect`s a go-ahead is only sent after `response.writeContinue()`. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

const idleMs = 300_000;

const refusals: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"],
};

/** Says what is wrong with bytes that are no HTTP request, and closes the connection. */
const refuse = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title] = refusals[error.code ?? ""] ?? [400, "Bad Request"];
  const body = JSON.stringify({ error_code: "BAD_REQUEST", message: `${title}: this is not a request that HTTP/1.1 allows.` });
  socket.end(`HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};

/** The server in front of everything that web answers. A connection on which nothing moves for five minutes is closed. */
export const openServer = (handle: NodeHandler): Server => {
  const server = createServer(handle);
  server.on("checkContinue", handle);
  server.on("clientError", refuse);
  server.requestTimeout = 0; // a model of gigabytes over a slow line is no attack; headers still have 60 s
  server.keepAliveTimeout = 65_000;
  server.setTimeout(idleMs);
  return server;
};

/** Tells whether the sender of a body waits to be asked for it. */
export const awaitsContinue = (request: IncomingMessage): boolean => /^100-continue$/i.test(request.headers.expect ?? "");
