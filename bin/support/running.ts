import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";

import { z } from "zod";

const runningSchema = z.object({
  pid: z.number(),
  controlPort: z.number(),
  home: z.string(),
  url: z.string(),
  gatewayUrl: z.string(),
  runtimeUrl: z.string(),
  workerUrl: z.string(),
  startedAt: z.string(),
  isReady: z.boolean(),
  processes: z.record(z.string(), z.number()),
});

/** What a supervisor tells about itself; kept in `supervisor.json` of its home. */
export type Running = z.infer<typeof runningSchema>;

const fileOf = (home: string): string => path.join(home, "supervisor.json");

/** Asks the supervisor of `home` how it is; undefined when none answers. */
export const findRunning = async (home: string): Promise<Running | undefined> => {
  if (!existsSync(fileOf(home))) return undefined;
  try {
    const noted = runningSchema.parse(JSON.parse(readFileSync(fileOf(home), "utf8")));
    const answer = await fetch(`http://127.0.0.1:${noted.controlPort}/`, { signal: AbortSignal.timeout(10_000) });
    const told = runningSchema.parse(await answer.json());
    return told.home === home ? told : undefined;
  } catch {
    return undefined; // nobody listens, or somebody else does: the note is left over from a supervisor that was killed
  }
};

export type Claim = { wasLeftOver: boolean; update: (state: Running) => void; release: () => void };

/** Answers to those who ask whether `home` is in use, from a port that only lives as long as this process. */
export const claimHome = async (home: string): Promise<Claim & { controlPort: number }> => {
  const wasLeftOver = existsSync(fileOf(home));
  let state: Running | undefined;
  const server: Server = createServer((_request, response) => {
    // A kept connection could be closed by us just when the next question is sent, which would look like nobody's home.
    response.writeHead(state ? 200 : 503, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(state ?? {}));
  });
  const controlPort = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  server.unref();
  return {
    wasLeftOver,
    controlPort,
    update: (next) => {
      state = next;
      const written = `${fileOf(home)}.new`;
      writeFileSync(written, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      renameSync(written, fileOf(home)); // whoever reads it meanwhile finds the old note or the new one, never half of one
    },
    release: () => {
      server.close();
      rmSync(fileOf(home), { force: true });
    },
  };
};
