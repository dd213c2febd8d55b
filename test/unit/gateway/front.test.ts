import { connect, type AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { BodyTooLarge } from "@/workers/gateway/exchange";
import { Front } from "@/workers/gateway/front";

const bodies: string[] = [];
const front = new Front((exchange) => {
  exchange.readBody(1000).then(
    (body) => {
      bodies.push(body.toString());
      exchange.respond(200, [], `got ${body.length}`);
    },
    (error: unknown) => exchange.respond(error instanceof BodyTooLarge ? 413 : 400, [], ""),
  );
});
let port = 0;

beforeAll(async () => {
  await front.listen(0, "127.0.0.1");
  port = (front.server.address() as AddressInfo).port;
});
afterAll(() => front.drain(10));

/** Sends raw bytes and returns what came back until the server closed or nothing came for 150 ms. */
const talk = (text: string): Promise<string> =>
  new Promise((resolve) => {
    bodies.length = 0;
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let answer = "";
    let timer = setTimeout(() => socket.destroy(), 400);
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), 150);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });

const statuses = (answer: string): string[] => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1] ?? "");

test("reads lengths, chunks and pipelined requests as they are", async () => {
  expect(await talk("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc")).toContain("got 3");
  expect(await talk("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).toContain("got 5");
  expect(statuses(await talk("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\naPOST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nbc"))).toEqual(["200", "200"]);
  expect(bodies).toEqual(["a", "bc"]);
});

const smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
test.each([
  ["length and coding", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ["coding and length", `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${smuggled}`],
  ["differing lengths", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 40\r\n\r\na${smuggled}`],
  ["a hexadecimal length", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0x1\r\n\r\na${smuggled}`],
  ["a folded header", `POST / HTTP/1.1\r\nhost: x\r\nx: 1\r\n content-length: 5\r\ncontent-length : 1\r\n\r\na${smuggled}`],
  ["space before the colon", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length : 1\r\n\r\na${smuggled}`],
  ["a coding that is not chunked", `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ["a line feed alone in a chunk size", `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n${smuggled}`],
  ["a line feed alone in the head", `POST / HTTP/1.1\r\nhost: x\ncontent-length: 1\r\n\r\na${smuggled}`],
  ["no host", `POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\na`],
])("refuses %s and never reads a second request out of it", async (_name, text) => {
  const answer = await talk(text);
  expect(statuses(answer)).toEqual(["400"]);
  expect(answer.toLowerCase()).toContain("connection: close");
  expect(bodies).toEqual([]);
});

test("answers 413 before the body and without 100 Continue, 431 to large headers", async () => {
  const early = await talk("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5000\r\n\r\n");
  expect(statuses(early)).toEqual(["413"]);
  expect(early.toLowerCase()).toContain("connection: close");
  expect(statuses(await talk(`POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n7D0\r\n${"a".repeat(2000)}\r\n`))).toEqual(["413"]);
  expect(statuses(await talk(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(20_000)}\r\n\r\n`))).toEqual(["431"]);
  expect(await talk("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\nabc")).toMatch(/100 Continue[^]*got 3/);
});
