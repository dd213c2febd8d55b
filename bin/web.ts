import { createServer } from "node:http";

import next from "next";

import { peerHeader } from "@/lib/http/client-address";
import { env } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";
import { onStop } from "@/lib/platform/process";

/** The console and every API: Next on a server of ours, so that uploads take as long as they need and stopping drains. */
const settings = env();
const log = openLogger("web", settings.logLevel);
const app = next({ dev: false, dir: process.cwd(), hostname: settings.host, port: settings.port });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer((request, response) => {
  request.headers[peerHeader] = request.socket.remoteAddress ?? ""; // over whatever a client claims under this name
  handle(request, response).catch((error: unknown) => {
    log.error({ err: error, path: request.url }, "a request ended in an unforeseen error");
    response.destroy();
  });
});
server.requestTimeout = 0; // a model of gigabytes over a slow line is no attack; headers still have 60 s
server.keepAliveTimeout = 65_000;
await new Promise<void>((resolve, reject) => {
  server.once("error", reject);
  server.listen(settings.port, settings.host, resolve);
});
log.info({ host: settings.host, port: settings.port }, "web is ready");

const drainMs = 10_000;
onStop(async () => {
  log.info("web stops");
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(force);
  await app.close();
});
