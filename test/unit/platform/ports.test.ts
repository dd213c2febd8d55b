import { createRequire } from "node:module";

import { expect, test } from "vitest";

import { checkSettings } from "@/bin/support/settings";
import { badPorts } from "@/lib/platform/ports";

const check = (given: Record<string, string>) => () => checkSettings(given, "/nowhere");

test("the ports that fetch refuses are those of the standard", () => {
  const { badPorts: known } = createRequire(import.meta.url)("undici/lib/web/fetch/constants.js") as { badPorts: readonly string[] };
  expect(badPorts).toEqual(known.map(Number));
});

test.each(badPorts)("fetch refuses port %d", async (port) => {
  const failure: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
  expect(failure).toMatchObject({ cause: { message: "bad port" } });
});

test.each(["SLIPWAY_PORT", "SLIPWAY_GATEWAY_PORT", "SLIPWAY_RUNTIME_PORT", "SLIPWAY_WORKER_PORT"])("%s on such a port fails at once, in a sentence that names it", (variable) => {
  expect(check({ [variable]: "4190" })).toThrow(`Settings are missing or wrong: ${variable}: browsers and fetch refuse to call port 4190, so nothing would reach what listens there; choose another port`);
  expect(check({ [variable]: "4191" })).not.toThrow();
  expect(check({ [variable]: "0" })).not.toThrow();
  expect(check({ [variable]: "65536" })).toThrow(variable);
});

test.each(["SLIPWAY_PUBLIC_URL", "SLIPWAY_GATEWAY_PUBLIC_URL", "SLIPWAY_INTERNAL_URL", "SLIPWAY_RUNTIME_URL"])("%s is no address with such a port", (variable) => {
  expect(check({ [variable]: "http://slipway.example.org:6000" })).toThrow(`${variable}: browsers and fetch refuse to call port 6000`);
  expect(check({ [variable]: "https://slipway.example.org" })).not.toThrow();
  expect(check({ [variable]: "http://slipway.example.org:8080/base" })).not.toThrow();
});

test("what else is wrong is told with it, and an empty setting is none", () => {
  expect(check({ SLIPWAY_PORT: "22", SLIPWAY_LOG_LEVEL: "loud" })).toThrow(/SLIPWAY_PORT: .*; SLIPWAY_LOG_LEVEL: /);
  expect(check({ SLIPWAY_PORT: "", DATABASE_URL: "" })).not.toThrow();
});
