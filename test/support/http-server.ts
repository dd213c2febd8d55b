import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Handler = (request: Request) => Promise<Response> | Response;
export type HttpServer = { url: string; close: () => Promise<void> };

const toRequest = (message: IncomingMessage, origin: string): Request => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) for (const item of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, item);
  const hasBody = message.headers["content-length"] !== undefined ? message.headers["content-length"] !== "0" : message.headers["transfer-encoding"] !== undefined;
  return new Request(new URL(message.url ?? "/", origin), { method: message.method ?? "GET", headers, ...(hasBody ? { body: Readable.toWeb(message), duplex: "half" } : {}) } as RequestInit);
};

const send = async (response: Response, to: ServerResponse): Promise<void> => {
  to.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) await pipeline(Readable.fromWeb(response.body as never), to);
  else to.end();
};

/** Serves route handlers over real HTTP on a free port: everything but Next's own routing. */
export const serveRoutes = async (handle: Handler, port = 0): Promise<HttpServer> => {
  let origin = "http://127.0.0.1";
  const server = createServer((message, answer) => {
    Promise.resolve(handle(toRequest(message, origin)))
      .then((response) => send(response, answer))
      .catch((error: unknown) => answer.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    close: () => new Promise((resolve, reject) => {
      server.closeAllConnections();
      server.close((error) => (error ? reject(error) : resolve()));
    }),
  };
};
