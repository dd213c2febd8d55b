import { spawn } from "node:child_process";

/*
 * A shell that waits for the end of its standard input, which only this process holds open: when we end, however that
 * happens, it gives the others time to finish and then asks the guarded process to stop, later harder.
 */
const script = 'read -r _; sleep 3; kill -INT "$1" 2>/dev/null || exit 0; n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 20 ]; do sleep 1; n=$((n+1)); done; kill -QUIT "$1" 2>/dev/null; exit 0';

/** Makes sure that `pid` does not outlive this process; call the result once it has ended by itself. */
export const guardProcess = (pid: number): (() => void) => {
  const guard = spawn("/bin/sh", ["-c", script, "slipway-guard", String(pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
  guard.on("error", () => undefined); // without a shell the server is stopped at the next start instead
  guard.stdin.on("error", () => undefined);
  guard.unref();
  return () => guard.kill("SIGKILL");
};
