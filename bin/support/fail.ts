import { isAppError, messageOf } from "@/lib/core/errors";

const hints: Record<string, string> = {
  ENOSPC: "The disk is full: free some space, then run this again.",
  EDQUOT: "The disk quota is used up: free some space, then run this again.",
};

const hintOf = (error: unknown): string | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) {
    const hint = "code" in current && typeof current.code === "string" ? hints[current.code] : undefined;
    if (hint) return hint;
    if (/No space left on device|ENOSPC/.test(current.message)) return hints["ENOSPC"];
  }
  return undefined;
};

/** One line that says what went wrong and what to do; errors that nobody foresaw keep their stack. */
export const explain = (error: unknown): string => {
  const hint = hintOf(error);
  if (hint !== undefined) return hint;
  if (isAppError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
};

/** Runs a command to its end; a failure is told in the terminal and in the exit status. */
export const runCommand = async (work: () => Promise<number | undefined>): Promise<void> => {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exitCode = 1;
  }
};
