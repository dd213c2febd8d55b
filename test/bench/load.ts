import { connect, type Socket } from "node:net";

import { ResponseParser } from "@/workers/gateway/response-parser";

export type LoadResult = { requests: number; seconds: number; perSecond: number; p50Ms: number; p99Ms: number; failed: number };
export type LoadOptions = { port: number; request: Buffer; connections: number; seconds: number };

const limits = { maxHeadBytes: 65_536, maxBodyBytes: 16_777_216 };

const percentile = (sorted: Float64Array, share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** One connection in a closed loop: the next request goes out when the answer to the last one is complete. */
const drive = (options: LoadOptions, endAt: number, latencies: number[], onFailure: () => void): Promise<void> =>
  new Promise((resolve) => {
    const socket: Socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    const parser = new ResponseParser(limits);
    let sentAt = 0;
    const send = (): void => {
      parser.reset();
      sentAt = performance.now();
      socket.write(options.request);
    };
    socket.once("connect", send);
    socket.on("data", (chunk: Buffer) => {
      if (!parser.push(chunk)) return;
      const nowMs = performance.now();
      latencies.push(nowMs - sentAt);
      const { status } = parser.take();
      if (status !== 200) onFailure();
      if (nowMs >= endAt) socket.destroy();
      else if (parser.keepsAlive) send();
      else {
        socket.destroy();
        void drive(options, endAt, latencies, onFailure).then(resolve);
      }
    });
    socket.on("error", () => onFailure());
    socket.on("close", () => {
      if (performance.now() >= endAt || parser.keepsAlive) resolve();
    });
  });

/** Sends the same request over some connections for some seconds and measures each answer. */
export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const endAt = startedAt + options.seconds * 1000;
  await Promise.all(Array.from({ length: options.connections }, () => drive(options, endAt, latencies, () => (failed += 1))));
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  return { requests: sorted.length, seconds, perSecond: sorted.length / seconds, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), failed };
};

/** The bytes of a POST with a JSON body. */
export const postRequest = (path: string, headers: Record<string, string>, body: string): Buffer => {
  const lines = Object.entries({ host: "127.0.0.1", "content-type": "application/json", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};
