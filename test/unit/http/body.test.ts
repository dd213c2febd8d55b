import { describe, expect, it } from "vitest";
import { z } from "zod";

import { isAppError } from "@/lib/core/errors";
import { parsePart, queryOf, readJsonText } from "@/lib/http/body";
import { clientAddress, isLoopback, peerHeader } from "@/lib/http/client-address";
import { rateLimits, takeRate } from "@/lib/http/rate-limit";
import { requireSameOrigin } from "@/lib/http/same-origin";

const problemOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("parsing", () => {
  const schema = z.object({ name: z.string(), size: z.number() });
  it("lists every problem at once, unknown fields among them", () => {
    const problem = problemOf(() => parsePart(schema, { size: "1", colour: "red" }, "body"));
    expect(problem.status).toBe(400);
    expect(problem.invalidParams.map(({ name }) => name).sort()).toEqual(["colour", "name", "size"]);
  });
  it("lets a loose object be loose", () => {
    expect(parsePart(z.looseObject({ name: z.string() }), { name: "a", more: 1 }, "body")).toEqual({ name: "a", more: 1 });
  });
  it("reads repeated query parameters as a list", () => {
    expect(queryOf(new URL("http://x/?a=1&b=2&a=3"))).toEqual({ a: ["1", "3"], b: "2" });
  });
  it("refuses a body that is too large, whatever its length says", async () => {
    const request = new Request("http://x/", { method: "POST", body: "x".repeat(2000), headers: { "content-type": "application/json" } });
    await expect(readJsonText(request, 1000)).rejects.toMatchObject({ kind: "too_large" });
  });
  it("refuses another media type", async () => {
    const request = new Request("http://x/", { method: "POST", body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } });
    await expect(readJsonText(request)).rejects.toMatchObject({ kind: "unsupported" });
  });
});

describe("rate limit", () => {
  it("lets a burst through, then asks to wait, then lets through what has flowed back", () => {
    const { burst, perMinute } = rateLimits.write;
    for (let call = 0; call < burst; call += 1) takeRate("user:a", "write", 1_000_000);
    const refused = problemOf(() => takeRate("user:a", "write", 1_000_000));
    expect(refused.status).toBe(429);
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(() => takeRate("user:b", "write", 1_000_000)).not.toThrow();
    expect(() => takeRate("user:a", "write", 1_000_000 + 60_000 / perMinute + 1)).not.toThrow();
  });
});

describe("where a request comes from", () => {
  const env = { trustedProxies: ["10.0.0.1"] };
  it("believes X-Forwarded-For only from a trusted proxy", () => {
    expect(clientAddress(new Headers({ [peerHeader]: "203.0.113.9", "x-forwarded-for": "127.0.0.1" }), env)).toBe("203.0.113.9");
    expect(clientAddress(new Headers({ [peerHeader]: "::ffff:10.0.0.1", "x-forwarded-for": "127.0.0.1, 198.51.100.7" }), env)).toBe("198.51.100.7");
    expect(isLoopback(new Headers({ [peerHeader]: "203.0.113.9", "x-forwarded-for": "127.0.0.1" }), env)).toBe(false);
    expect(isLoopback(new Headers({ [peerHeader]: "::ffff:127.0.0.1" }), env)).toBe(true);
  });
});

describe("changes with a session", () => {
  const env = { publicUrl: "https://slipway.example.org" };
  const from = (headers: Record<string, string>) => new Request("http://127.0.0.1:3000/api", { method: "POST", headers: { host: "slipway.example.org", ...headers } });
  it("come from our own pages only", () => {
    expect(() => requireSameOrigin(from({ origin: "https://slipway.example.org", "sec-fetch-site": "same-origin" }), env)).not.toThrow();
    expect(() => requireSameOrigin(from({}), env)).not.toThrow();
    expect(() => requireSameOrigin(from({ origin: "https://evil.example" }), env)).toThrow();
    expect(() => requireSameOrigin(from({ origin: "null" }), env)).toThrow();
    expect(() => requireSameOrigin(from({ "sec-fetch-site": "cross-site" }), env)).toThrow();
    expect(() => requireSameOrigin(from({ "sec-fetch-site": "same-site" }), env)).toThrow();
  });
});
