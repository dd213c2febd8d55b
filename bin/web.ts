import next from "next";

import { peerHeader } from "@/lib/http/client-address";
import { awaitsContinue, openServer } from "@/lib/http/node-server";
import { env } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";
import { onStop } from "@/lib/platform/process";
import { answerMlflow } from "@/lib/tracking/server";

/**
 * The console and every API on one server of ours, so that uploads take as long as they need and stopping drains. MLflow's wire is
 * answered here, without the cost of a page framework; everything else by Next.
 */
const settings = env();
const log = openLogger("web", settings.logLevel);
const app = next({ dev: false, dir: process.cwd(), hostname: settings.host, port: settings.port });
await app.prepare();
const handle = app.getRequestHandler();
const server = openServer((request, response) => {
  request.headers[peerHeader] = request.socket.remoteAddress ?? ""; // over whatever a client claims under this name
  if (answerMlflow(request, response)) return;
  if (awaitsContinue(request)) response.writeContinue();
  handle(request, response).catch((error: unknown) => {
    log.error({ err: error, path: request.url }, "a request ended in an unforeseen error");
    response.destroy();
  });
});
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
