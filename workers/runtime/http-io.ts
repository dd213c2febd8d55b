import type { IncomingMessage, ServerResponse } from "node:http";
import { timingSafeEqual } from "node:crypto";

import { AppError } from "@/lib/core/errors";

/** Reads a whole body; raises too_large beyond `maxBytes`, without reading on. */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const tooLarge = (): void => reject(new AppError("too_large", "runtime.body_too_large", `The body is larger than ${maxBytes} bytes; send fewer rows at a time.`));
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
      tooLarge();
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        tooLarge();
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(decode(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new AppError("invalid", "runtime.aborted", "The request ended before its body was whole."));
    });
  });

const decode = (chunks: readonly Buffer[]): string => {
  const [only] = chunks;
  return chunks.length === 1 && only ? only.toString("utf8") : Buffer.concat(chunks).toString("utf8");
};

/** Refuses bodies that this runtime would misread: other content types, compression, the binary tensor extension. */
export const requireJson = (request: IncomingMessage): void => {
  const type = request.headers["content-type"];
  const encoding = request.headers["content-encoding"];
  if (request.headers["inference-header-content-length"] !== undefined || type?.startsWith("application/octet-stream")) {
    throw new AppError("invalid", "runtime.binary", "The binary tensor extension is not supported by this runtime; send tensors as JSON (content-type application/json).");
  }
  if (type !== undefined && !/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) throw new AppError("unsupported", "runtime.content_type", `The content type is ${JSON.stringify(type).slice(0, 80)}; send application/json.`);
  if (encoding !== undefined && encoding !== "identity") throw new AppError("unsupported", "runtime.content_encoding", "Compressed bodies are not supported; send plain JSON.");
};

/** Sends JSON text. A request whose body was not read to its end is not followed by another one on the same connection. */
export const sendJson = (request: IncomingMessage, response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void => {
  if (response.headersSent || response.destroyed) return;
  const isUnread = !request.complete && request.method === "POST";
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...(isUnread ? { connection: "close" } : {}), ...headers });
  response.end(body, () => {
    if (isUnread) request.destroy();
  });
};

/** Compares the bearer secret in constant time for secrets of the same length. */
export const hasSecret = (request: IncomingMessage, expected: Buffer): boolean => {
  const given = Buffer.from(request.headers.authorization ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
};

export const isLoopback = (address: string | undefined): boolean => address !== undefined && (address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127."));
