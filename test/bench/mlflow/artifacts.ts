import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";

import type { Target } from "./target";

const chunk = randomBytes(1 << 20);

export type Transfer = { putMBps: number; getMBps: number; memoryMB: number };

const residentBytes = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

/** Streams `megabytes` up and down again once, checks what comes back, and says by how much the server's memory grew meanwhile. */
export const transfer = async (target: Target, path: string, megabytes: number, pid: number): Promise<Transfer> => {
  const before = residentBytes(pid);
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 50);
  const url = `/api/2.0/mlflow-artifacts/artifacts/${path}`;
  const hash = createHash("sha256");
  for (let sent = 0; sent < megabytes; sent += 1) hash.update(chunk);
  const wanted = hash.digest("hex");
  try {
    const putSeconds = await put(target, url, megabytes);
    const { seconds, sha256 } = await get(target, url);
    if (sha256 !== wanted) throw new Error(`${target.name} gave back other bytes than it was sent`);
    return { putMBps: megabytes / putSeconds, getMBps: megabytes / seconds, memoryMB: (peak - before) / (1 << 20) };
  } finally {
    clearInterval(watch);
  }
};

const put = ({ port, headers, name }: Target, path: string, megabytes: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const outgoing = request({ host: "127.0.0.1", port, method: "PUT", path, headers: { ...headers, "content-type": "application/octet-stream", "content-length": megabytes << 20 } }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve((performance.now() - startedMs) / 1_000) : reject(new Error(`${name}: PUT answered ${answer.statusCode ?? 0}`))));
    });
    outgoing.on("error", reject);
    let left = megabytes;
    const pump = (): void => {
      while (left > 0) {
        left -= 1;
        if (!outgoing.write(chunk)) return void outgoing.once("drain", pump);
      }
      outgoing.end();
    };
    pump();
  });

/** The digest is computed after the last byte, so that it does not slow the reading. */
const get = ({ port, headers, name }: Target, path: string): Promise<{ seconds: number; sha256: string }> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    request({ host: "127.0.0.1", port, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const seconds = (performance.now() - startedMs) / 1_000;
        if (answer.statusCode !== 200) {
          reject(new Error(`${name}: GET answered ${answer.statusCode ?? 0}`));
          return;
        }
        const hash = createHash("sha256");
        for (const part of parts) hash.update(part);
        resolve({ seconds, sha256: hash.digest("hex") });
      });
    }).on("error", reject).end();
  });
