import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync, truncateSync } from "node:fs";
import path from "node:path";

const maxBytes = 10_000_000;
const keptFiles = 5;
const checkMs = 5_000;

export type LogFiles = { open: (name: string) => { fd: number; tail: (lines: number) => string }; stop: () => void };

/** Files that processes append to by themselves, so that they go on without us; cut when they reach 10 MB, five kept. */
export const openLogFiles = (folder: string): LogFiles => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new Set<string>();
  const rotate = (): void => {
    for (const file of files) if (existsSync(file) && statSync(file).size > maxBytes) rotateFile(file);
  };
  const timer = setInterval(rotate, checkMs);
  timer.unref();
  return {
    open: (name) => {
      const file = path.join(folder, `${name}.log`);
      files.add(file);
      rotate();
      const start = existsSync(file) ? statSync(file).size : 0;
      return { fd: openSync(file, "a", 0o600), tail: (lines) => readFrom(file, start).trimEnd().split("\n").slice(-lines).join("\n") };
    },
    stop: () => clearInterval(timer),
  };
};

/** The writers hold the file open, so it is copied away and emptied in place. */
const rotateFile = (file: string): void => {
  for (let number = keptFiles - 1; number >= 1; number -= 1) if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
};

const readFrom = (file: string, start: number): string => {
  const size = statSync(file).size;
  const from = size < start ? 0 : Math.max(start, size - 20_000);
  const buffer = Buffer.alloc(size - from);
  const fd = openSync(file, "r");
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from)).toString();
  } finally {
    closeSync(fd);
  }
};
