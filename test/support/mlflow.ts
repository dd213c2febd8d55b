import type { AddressInfo } from "node:net";

import { openServer } from "@/lib/http/node-server";
import { answerMlflow } from "@/lib/tracking/server";

let opened: Promise<string> | undefined;

/** Address of MLflow's door on a server of this process, opened once; it works with what `setWebDeps` gave. */
export const mlflowDoor = (): Promise<string> =>
  (opened ??= new Promise((resolve) => {
    const server = openServer((request, response) => {
      if (!answerMlflow(request, response)) response.writeHead(404).end();
    });
    server.unref();
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  }));

/** Sends a request to the door over a real connection, wherever it says that it goes. */
export const handleMlflow = async (request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  return fetch(`${await mlflowDoor()}${request.url.slice(new URL(request.url).origin.length) || `${pathname}${search}`}`, { method: request.method, headers: request.headers, ...(body ? { body } : {}) });
};
