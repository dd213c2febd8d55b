import type { Exchange } from "./exchange";
import type { UpstreamAnswer } from "./response-parser";
import type { Target, UpstreamOrigin } from "./routing-table";

/** What of a client's headers concerns the model; everything else, credentials above all, stays here. */
const forwarded = ["content-type", "accept", "content-encoding", "inference-header-content-length", "traceparent", "tracestate", "x-request-id"];

/** Headers of one connection (RFC 9110, section 7.6.1), and those that the gateway writes itself. */
const ownOrHopByHop = new Set(["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "date", "server", "set-cookie"]);

/** The client's headers as lines for the upstream; Node's parser has refused control characters in them. */
export const forwardedLines = (exchange: Exchange): string => {
  let lines = "";
  for (const name of forwarded) {
    const value = exchange.header(name);
    if (value !== undefined) lines += `${name}: ${value}\r\n`;
  }
  return lines;
};

/** The same for a request that the gateway translated: what described the client's own body stays behind. */
export const translatedLines = (exchange: Exchange): string => {
  let lines = "content-type: application/json\r\n";
  for (const name of ["traceparent", "tracestate", "x-request-id"]) {
    const value = exchange.header(name);
    if (value !== undefined) lines += `${name}: ${value}\r\n`;
  }
  return lines;
};

/** Head of a request to a runtime; the secret goes to the bundled one alone. */
export const upstreamHead = (method: string, path: string, origin: UpstreamOrigin, secret: string, lines: string, bodyBytes: number): string =>
  `${method} ${path} HTTP/1.1\r\nhost: ${origin.host}\r\n${origin.isOwn ? `authorization: Bearer ${secret}\r\n` : ""}${lines}content-length: ${bodyBytes}\r\n\r\n`;

/** The runtime's headers that the client gets. */
export const answerHeaders = (answer: UpstreamAnswer): string[] => {
  const headers: string[] = [];
  for (const [name, value] of answer.headers) {
    if (!ownOrHopByHop.has(name)) headers.push(name, value);
  }
  return headers;
};

const nameKey = Buffer.from('"model_name":');
const searchedBytes = 256;

/**
 * Puts the endpoint's name where the runtime says the version's id. Only the first 256 bytes are searched, where every
 * runtime writes it; elsewhere, and in encoded or binary answers, the runtime's name stays.
 */
export const renameModel = (answer: UpstreamAnswer, target: Target): Buffer => {
  const { body } = answer;
  const found = body.subarray(0, searchedBytes).indexOf(nameKey);
  if (found < 0 || answer.headers.some(([name]) => name === "content-encoding" || name === "inference-header-content-length")) return body;
  let at = found + nameKey.length;
  while (body[at] === 32) at += 1;
  const end = at + target.ownName.length;
  if (end > body.length || body.compare(target.ownName, 0, target.ownName.length, at, end) !== 0) return body;
  return Buffer.concat([body.subarray(0, at), target.publicName, body.subarray(end)]);
};
