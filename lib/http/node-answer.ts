import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { dataOnlyHeaders, headersEverywhere, unframedHeaders } from "./security-headers";

export type Body = string | Uint8Array | Readable | undefined;

/** Header fields of every answer of an API, flat as writeHead takes them. */
const always = [...Object.entries({ ...headersEverywhere, ...unframedHeaders, ...dataOnlyHeaders, "Cache-Control": "private, no-store" }).flat()];

/**
 * Writes an answer of an API on Node's own response: texts and bytes in one piece, streams with backpressure. `fields` are flat, name after
 * value, and win over the usual ones. Resolves when the answer has left; rejects when its stream breaks or the client goes away.
 */
export const writeAnswer = async (response: ServerResponse, status: number, fields: readonly string[], body: Body): Promise<void> => {
  const isBare = response.req.method === "HEAD" || status === 304;
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  const length = isWhole ? ["Content-Length", String(typeof body === "string" ? Buffer.byteLength(body) : body.byteLength)] : body === undefined && status !== 304 ? ["Content-Length", "0"] : [];
  response.writeHead(status, [...usual(fields), ...length, ...fields]);
  if (body !== undefined && !isWhole && !isBare) return pipeline(body, response);
  if (body !== undefined && !isWhole) body.destroy();
  if (isWhole && !isBare) response.end(body);
  else response.end();
};

/** The usual fields but those that `fields` bring themselves. */
const usual = (fields: readonly string[]): readonly string[] => {
  const own = new Set(fields.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  if (![...own].some((name) => usualNames.has(name))) return always;
  return always.filter((_, index) => !own.has((always[index - (index % 2)] ?? "").toLowerCase()));
};
const usualNames = new Set(always.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
