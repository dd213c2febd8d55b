import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";

import { percentile, type Target } from "./target";

const chunk = randomBytes(1 << 20);

export type Transfer = { putMBps: number; getMBps: number; memoryMB: number };

const residentBytes = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

/**
 * Streams `megabytes` up and down again, checks what comes back, and says by how much the server's memory grew meanwhile. Down thrice more
 * to time it (the median counts): to hash or to keep what comes takes the client longer than the server takes to send it.
 */
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
    const back = createHash("sha256");
    await get(target, url, (bytes) => back.update(bytes));
    if (back.digest("hex") !== wanted) throw new Error(`${target.name} gave back other bytes than it was sent`);
    const seconds: number[] = [];
    for (let round = 0; round < 3; round += 1) seconds.push(await get(target, url, () => undefined));
    return { putMBps: megabytes / putSeconds, getMBps: megabytes / percentile(seconds, 0.5), memoryMB: (peak - before) / (1 << 20) };
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

/** Seconds from the question to the last byte. */
const get = ({ port, headers, name }: Target, path: string, take: (part: Buffer) => unknown): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    request({ host: "127.0.0.1", port, path, headers }, (answer) => {
      answer.on("data", take);
      answer.on("error", reject);
      answer.on("end", () => (answer.statusCode === 200 ? resolve((performance.now() - startedMs) / 1_000) : reject(new Error(`${name}: GET answered ${answer.statusCode ?? 0}`))));
    }).on("error", reject).end();
  });
