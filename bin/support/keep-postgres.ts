import { messageOf } from "@/lib/core/errors";
import { type PostgresServer, type ServerOptions, startPostgres } from "@/lib/platform/postgres";

import { restartDelayMs } from "./restart-delay";

export type KeptPostgres = { url: PostgresServer["url"]; pid: () => number | undefined; stop: () => Promise<void> };

/** Starts the embedded server and starts it again whenever it ends without having been asked to; what uses it reconnects by itself. */
export const keepPostgres = async (options: Omit<ServerOptions, "onExit">, report: (line: string) => void): Promise<KeptPostgres> => {
  let current: PostgresServer | undefined;
  let stopping = false;
  let restarts = 0;
  let timer: NodeJS.Timeout | undefined;

  const start = async (): Promise<PostgresServer> => startPostgres({ ...options, onExit: restartLater });
  const restartLater = (): void => {
    current = undefined;
    if (stopping) return;
    const delayMs = restartDelayMs(restarts);
    restarts += 1;
    report(`postgres ended; starting it again in ${delayMs / 1000} s`);
    timer = setTimeout(() => {
      start().then(
        (server) => {
          current = server;
          report("postgres runs again");
          if (stopping) void server.stop();
        },
        (error: unknown) => {
          report(`postgres could not be started again: ${messageOf(error)}`);
          restartLater();
        },
      );
    }, delayMs);
  };

  const first = await start();
  current = first;
  return {
    url: first.url,
    pid: () => current?.pid,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await current?.stop();
    },
  };
};
