export type Terminal = {
  step: (number: number, title: string) => void;
  say: (line: string) => void;
  /** Shows `text()` with a bar until `isDone()` returns something; raises after `timeoutMs`, saying what was waited for. */
  wait: <T>(what: string, isDone: () => Promise<T | undefined>, options: { text: () => string; timeoutMs: number; everyMs?: number }) => Promise<T>;
  elapsedSeconds: () => number;
};

const bold = (text: string, on: boolean): string => (on ? `\u001b[1m${text}\u001b[0m` : text);

/** What a terminal needs of the stream that it writes to. */
export type TerminalStream = { isTTY: boolean; columns: number; write: (text: string) => boolean };

/** Progress of the nine steps: a bar over the whole story, a live line under it, the time. */
export const openTerminal = (stream: TerminalStream, total: number): Terminal => {
  const startedAt = performance.now();
  let current = 0;
  const elapsedSeconds = () => (performance.now() - startedAt) / 1000;
  const clear = () => {
    if (stream.isTTY) stream.write("\r\u001b[K");
  };
  const bar = () => `${"█".repeat(current)}${"░".repeat(total - current)} ${String(Math.round(elapsedSeconds())).padStart(3)} s`;
  return {
    elapsedSeconds,
    step: (number, title) => {
      current = number;
      clear();
      stream.write(`\n${bar()}  ${bold(`${number} of ${total}  ${title}`, stream.isTTY)}\n`);
    },
    say: (line) => {
      clear();
      stream.write(`    ${line}\n`);
    },
    wait: async (what, isDone, { text, timeoutMs, everyMs = 500 }) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const result = await isDone();
        if (result !== undefined) {
          clear();
          return result;
        }
        if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}. Last seen: ${text()}`);
        if (stream.isTTY) stream.write(`\r\u001b[K    ${bar()}  ${text()}`.slice(0, (stream.columns || 120) + 8));
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    },
  };
};
