/** A bar with count and time on one line of a terminal; a line at the start and the end elsewhere. */
export type Progress = { step: (label: string, done: number, total: number) => void; end: (line: string) => void };

const width = 24;

const bytesText = (bytes: number): string => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

export const openProgress = (stream: NodeJS.WriteStream = process.stderr): Progress & { bytes: typeof bytesText } => {
  const startedAtMs = performance.now();
  const seconds = (): string => `${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`;
  let shownAtMs = 0;
  return {
    bytes: bytesText,
    step: (label, done, total) => {
      const now = performance.now();
      if (!stream.isTTY || (now - shownAtMs < 100 && done < total)) return;
      shownAtMs = now;
      const filled = total === 0 ? width : Math.round((width * done) / total);
      stream.write(`\r\x1b[K${"█".repeat(filled)}${"░".repeat(width - filled)} ${done} of ${total} · ${seconds()} · ${label}`);
    },
    end: (line) => {
      stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${line} (${seconds()})\n`);
    },
  };
};

export const silentProgress: Progress = { step: () => undefined, end: () => undefined };
