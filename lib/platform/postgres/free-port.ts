import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections, one of which might take the port before it is used. */
const lowest = 20_000;
const highest = 32_767;
const maxTries = 200;

/** True when nothing listens on `port` of `host`. */
export const isPortFree = (port: number, host = "127.0.0.1"): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

/** Returns a TCP port of this machine that is free right now. */
export const findFreePort = async (host = "127.0.0.1"): Promise<number> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = randomInt(lowest, highest + 1);
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`no port between ${lowest} and ${highest} of ${host} is free`);
};
