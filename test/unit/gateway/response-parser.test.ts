import { describe, expect, test } from "vitest";

import { FramingError, ResponseParser, type UpstreamAnswer } from "@/workers/gateway/response-parser";

const limits = { maxHeadBytes: 1024, maxBodyBytes: 1000 };

type Result = { answer: UpstreamAnswer; keepsAlive: boolean };

const feed = (text: string, cuts: number[], closes: boolean): Result | "unfinished" => {
  const bytes = Buffer.from(text, "latin1");
  const parser = new ResponseParser(limits);
  let isDone = false;
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to > from) isDone = parser.push(bytes.subarray(from, to));
    from = to;
  }
  if (!isDone && closes) isDone = parser.end();
  return isDone ? { answer: parser.take(), keepsAlive: parser.keepsAlive } : "unfinished";
};

const good: { name: string; text: string; body: string; status?: number; keepsAlive?: boolean; closes?: boolean }[] = [
  { name: "content length", text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello" },
  { name: "no reason phrase", text: "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n", body: "" },
  { name: "status line without the space", text: "HTTP/1.1 204\r\n\r\n", body: "", status: 204 },
  { name: "chunked", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n", body: "abc0123456789" },
  { name: "chunked with the end of a body in its data", text: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", body: "\r\n0\r\n\r\n" },
  { name: "trailers", text: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-sum: 1\r\n\r\n", body: "a" },
  { name: "1xx first", text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", body: "ok" },
  { name: "not modified has no body", text: "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", body: "", status: 304 },
  { name: "connection: close", text: "HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 1\r\n\r\na", body: "a", keepsAlive: false },
  { name: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na", body: "a", keepsAlive: false },
  { name: "HTTP/1.0 keep-alive", text: "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\na", body: "a" },
  { name: "until close", text: "HTTP/1.1 200 OK\r\n\r\nall of it", body: "all of it", keepsAlive: false, closes: true },
  { name: "the same length twice", text: "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na", body: "a" },
  { name: "empty header value", text: "HTTP/1.1 500 No\r\nx-empty:\r\ncontent-length: 1\r\n\r\na", body: "a", status: 500 },
];

describe.each(good)("$name", ({ text, body, status = 200, keepsAlive = true, closes = false }) => {
  const expected = { status, body, keepsAlive };
  const check = (cuts: number[]): void => {
    const result = feed(text, cuts, closes);
    expect(result === "unfinished" ? result : { status: result.answer.status, body: result.answer.body.toString("latin1"), keepsAlive: result.keepsAlive }).toEqual(expected);
  };

  test("whole, split at every byte, and byte by byte", () => {
    check([]);
    for (let at = 1; at < text.length; at += 1) check([at]);
    check(Array.from({ length: text.length - 1 }, (_unused, index) => index + 1));
  });

  test("is unfinished before its last byte", () => {
    for (let at = 0; at < text.length; at += 1) if (!closes) expect(feed(text.slice(0, at), [], false)).toBe("unfinished");
  });
});

const bad: [string, string][] = [
  ["length and coding", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n"],
  ["differing lengths", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n"],
  ["a list of lengths", "HTTP/1.1 200 OK\r\ncontent-length: 3, 3\r\n\r\n"],
  ["a hexadecimal length", "HTTP/1.1 200 OK\r\ncontent-length: 0x10\r\n\r\n"],
  ["an exponent as length", "HTTP/1.1 200 OK\r\ncontent-length: 1e3\r\n\r\n"],
  ["a signed length", "HTTP/1.1 200 OK\r\ncontent-length: +3\r\n\r\n"],
  ["a bare line feed in the head", "HTTP/1.1 200 OK\ncontent-length: 3\r\n\r\n"],
  ["a folded header", "HTTP/1.1 200 OK\r\nx: 1\r\n 2\r\n\r\n"],
  ["space before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 3\r\n\r\n"],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
  ["an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["bytes after the end", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"],
  ["a wrong chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
  ["a negative chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n"],
  ["a chunk that is longer than its size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n"],
  ["a bare line feed after a chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\na\r\n"],
  ["too large a body", "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n"],
  ["too large a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFF\r\n"],
  ["too large a head", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(1100)}`],
];

test.each(bad)("refuses %s", (_name, text) => {
  expect(() => feed(text, [], false)).toThrow(FramingError);
  expect(() => feed(text, Array.from({ length: text.length - 1 }, (_unused, index) => index + 1), false)).toThrow(FramingError);
});

test("carries several answers of one connection", () => {
  const parser = new ResponseParser(limits);
  for (const body of ["one", "two", "three"]) {
    parser.reset();
    expect(parser.push(Buffer.from(`HTTP/1.1 200 OK\r\nkeep-alive: timeout=7\r\ncontent-length: ${body.length}\r\n\r\n${body}`))).toBe(true);
    expect(parser.take().body.toString()).toBe(body);
    expect(parser.keepAliveSeconds).toBe(7);
  }
});
