import { Agent, request } from "node:http";

/** One of the two servers, spoken to as MLflow's client does. */
export type Target = { name: string; port: number; headers: Record<string, string>; agent: Agent };

export const openTarget = (name: string, port: number, token?: string): Target => ({
  name,
  port,
  headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  agent: new Agent({ keepAlive: true, maxSockets: 64 }),
});

export type Answer = { status: number; body: Buffer; durationMs: number };

/** Sends one request and reads the whole answer; `durationMs` ends with its last byte. */
export const send = ({ port, headers, agent }: Target, method: string, path: string, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const startedMs = performance.now();
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, agent, headers: { ...headers, ...(content && { "content-type": Buffer.isBuffer(body) ? "application/octet-stream" : "application/json", "content-length": content.byteLength }) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks), durationMs: performance.now() - startedMs }));
        incoming.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(content);
  });

/** The JSON of a call that must succeed. */
export const call = async <Body>(target: Target, method: string, path: string, body?: unknown): Promise<Body> => {
  const answer = await send(target, method, `/api/2.0/mlflow/${path}`, body);
  if (answer.status !== 200) throw new Error(`${target.name}: ${method} ${path} answered ${answer.status}: ${answer.body.toString().slice(0, 400)}`);
  return JSON.parse(answer.body.toString()) as Body;
};

export type Flood = { perSecond: number; sent: number; failed: number; p95Ms: number };

/** Keeps `writers` busy for some seconds, each with its next request as soon as the last is answered. */
export const flood = async (writers: number, seconds: number, once: (writer: number, turn: number) => Promise<Answer>): Promise<Flood> => {
  const durations: number[] = [];
  let failed = 0;
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1_000;
  await Promise.all(Array.from({ length: writers }, async (_unused, writer) => {
    for (let turn = 0; performance.now() < endMs; turn += 1) {
      const { status, durationMs } = await once(writer, turn);
      if (status === 200) durations.push(durationMs);
      else failed += 1;
    }
  }));
  const tookSeconds = (performance.now() - startedMs) / 1_000;
  return { perSecond: durations.length / tookSeconds, sent: durations.length, failed, p95Ms: percentile(durations, 0.95) };
};

export const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
