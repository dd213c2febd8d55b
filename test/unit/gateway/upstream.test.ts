import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { afterEach, expect, test } from "vitest";

import { defaultPoolOptions, UpstreamPool, type PoolOptions, type UpstreamFailure } from "@/workers/gateway/upstream";
import type { UpstreamAnswer } from "@/workers/gateway/response-parser";

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that hands each connection, and each chunk on it, to the test. */
const serve = async (onData: (socket: Socket, chunk: string, connection: number) => void): Promise<URL> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => onData(socket, chunk.toString(), connection));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
};

const ok = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const open = (url: URL, options: Partial<PoolOptions> = {}): UpstreamPool => new UpstreamPool(url, { ...defaultPoolOptions, ...options });

const call = (pool: UpstreamPool, body = "x", timeoutMs = 1_000): Promise<UpstreamAnswer | UpstreamFailure> =>
  new Promise((resolve) => pool.send({ head: `POST / HTTP/1.1\r\nhost: h\r\ncontent-length: ${body.length}\r\n\r\n`, body: Buffer.from(body), timeoutMs }, { onAnswer: resolve, onFailure: resolve }));

const textOf = (result: UpstreamAnswer | UpstreamFailure): string => ("status" in result ? result.body.toString() : result.error);

test("reuses a connection, and opens another after connection: close", async () => {
  const url = await serve((socket, _chunk, connection) => void socket.write(connection === 1 ? ok(String(connection)) : `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n${connection}`));
  const pool = open(url);
  expect([textOf(await call(pool)), textOf(await call(pool))]).toEqual(["1", "1"]);
  expect(pool.openConnections).toBe(1);
  pool.closeIdle();
  expect([textOf(await call(pool)), textOf(await call(pool))]).toEqual(["2", "3"]);
});

test("retries a stale keep-alive connection once on a fresh one, whatever the body's size", async () => {
  for (const size of [1, 100_000]) {
    let first = true;
    const url = await serve((socket, chunk, connection) => {
      if (connection === 1 && !first) return void socket.destroy();
      if (connection === 1) {
        first = false;
        return void socket.write(ok("warm"));
      }
      if (chunk.includes("POST")) socket.write(ok("fresh"));
    });
    const pool = open(url);
    expect(textOf(await call(pool))).toBe("warm");
    expect(textOf(await call(pool, "y".repeat(size)))).toBe("fresh");
    pool.closeIdle();
  }
});

test("does not retry once a byte of the answer arrived, nor on a fresh connection", async () => {
  let requests = 0;
  const url = await serve((socket, _chunk, connection) => {
    requests += 1;
    if (connection === 1 && requests === 1) return void socket.write(ok("warm"));
    socket.write("HTTP/1.1 2", () => socket.destroy());
  });
  const pool = open(url);
  await call(pool);
  expect(textOf(await call(pool))).toBe("upstream");
  expect(requests).toBe(2);
  expect(textOf(await call(pool))).toBe("upstream");
  expect(requests).toBe(3);
});

test("tells a refused connection, a hanging answer, broken framing and a full queue apart", async () => {
  expect(textOf(await call(open(new URL("http://127.0.0.1:1"))))).toBe("connect");
  const hanging = open(await serve(() => undefined), { maxConnections: 1, maxWaiting: 1 });
  const results = await Promise.all([call(hanging, "x", 100), call(hanging, "x", 100), call(hanging, "x", 100)]);
  expect(results.map(textOf).sort()).toEqual(["busy", "timeout", "timeout"]);
  const broken = open(await serve((socket) => void socket.write("HTTP/1.1 200 OK\ncontent-length: 1\n\n1\r\n\r\n")));
  expect(textOf(await call(broken))).toBe("upstream");
});

test("a late answer of an abandoned call never meets the next one", async () => {
  const url = await serve((socket, chunk) => void setTimeout(() => socket.writable && socket.write(ok(chunk.slice(-4))), 80));
  const pool = open(url, { maxConnections: 1 });
  const first = pool.send({ head: "POST / HTTP/1.1\r\ncontent-length: 4\r\n\r\n", body: Buffer.from("aaaa"), timeoutMs: 1_000 }, { onAnswer: () => expect.unreachable(), onFailure: () => expect.unreachable() });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const second = call(pool, "bbbb");
  first.abort();
  expect(textOf(await second)).toBe("bbbb");
  expect(textOf(await call(pool, "cccc", 20))).toBe("timeout");
  expect(textOf(await call(pool, "dddd"))).toBe("dddd");
});

test("callers beyond the bound of connections wait their turn", async () => {
  const url = await serve((socket, chunk) => void setTimeout(() => socket.write(ok(chunk.slice(-1))), 5));
  const pool = open(url, { maxConnections: 2 });
  const results = await Promise.all(Array.from("abcdefgh").map((letter) => call(pool, letter)));
  expect(results.map(textOf).join("")).toBe("abcdefgh");
  expect(pool.openConnections).toBe(2);
});

test("an upstream that answers before it read the request is not given another one", async () => {
  const connections: number[] = [];
  const url = await serve((socket, chunk, connection) => {
    if (!chunk.startsWith("POST")) return;
    connections.push(connection);
    socket.pause();
    socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
  });
  const pool = open(url);
  expect(await call(pool, "z".repeat(20_000_000))).toMatchObject({ status: 413 });
  expect(await call(pool)).toMatchObject({ status: 413 });
  expect(connections).toEqual([1, 2]);
});
