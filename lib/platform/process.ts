const exitWithinMs = 20_000;

/** Runs `stop` once on SIGTERM or SIGINT and ends the process: 0 when it went well, 1 when it failed or took more than 20 s. */
export const onStop = (stop: () => Promise<void>): void => {
  let stopping = false;
  const run = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), exitWithinMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", run);
  process.on("SIGINT", run);
};

/**
 * Asks this process to stop when its standard input ends. A supervisor keeps the other end of it open, so this is how
 * its children learn that it is gone, even when it was killed.
 */
export const stopWithSupervisor = (): void => {
  process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.on("error", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
  if ("unref" in process.stdin) process.stdin.unref();
};
