import { createServer, type Server } from "node:http";

import type { Registry } from "prom-client";

export type HealthServer = { close: () => Promise<void> };

/** Serves `/health/live`, `/health/ready` and `/metrics` of a worker. Metrics are for the loopback alone. */
export const serveHealth = (options: { host: string; port: number; registry: Registry; isReady: () => Promise<boolean> }): Promise<HealthServer> =>
  new Promise((resolve, reject) => {
    const server: Server = createServer((request, response) => {
      const answer = (status: number, body: string, type = "text/plain; charset=utf-8"): void => {
        response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(body);
      };
      const path = request.url?.split("?")[0];
      if (path === "/health/live") {
        answer(200, "OK\n");
        return;
      }
      if (path === "/health/ready") {
        void options.isReady().then((isReady) => answer(isReady ? 200 : 503, isReady ? "OK\n" : "not ready\n"), () => answer(503, "not ready\n"));
        return;
      }
      if (path === "/metrics" && isLoopback(request.socket.remoteAddress)) {
        void options.registry.metrics().then((text) => answer(200, text, options.registry.contentType), () => answer(500, "metrics failed\n"));
        return;
      }
      answer(404, "not found\n");
    });
    server.once("error", reject);
    server.listen(options.port, options.host, () =>
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });

const isLoopback = (address: string | undefined): boolean => address !== undefined && (address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127."));
