import { text as readText } from "node:stream/consumers";

import { AppError } from "@/lib/core/errors";
import type { OpenedFile } from "@/lib/artifacts/server";

const maxDocumentBytes = 20_000_000;

/**
 * What a logged document may do in the reader's browser: run its own scripts in an origin of its own that has no cookies, no storage,
 * no network and no way to lead the page elsewhere.
 */
const policy = [
  "sandbox allow-scripts",
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' data: blob:",
  "style-src 'unsafe-inline' data:",
  "img-src data: blob:",
  "font-src data:",
  "media-src data: blob:",
  "worker-src blob:",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** Answers with a logged HTML document for a sandboxed frame of the console; raises too_large, and unsupported for other files. */
export const documentResponse = async ({ path, size, stream }: OpenedFile): Promise<Response> => {
  if (!/\.html?$/i.test(path) || size > maxDocumentBytes) {
    stream.destroy();
    if (size > maxDocumentBytes) throw new AppError("too_large", "artifact.document_too_large", `The document is larger than ${maxDocumentBytes} bytes. Download it to look at it.`);
    throw new AppError("unsupported", "artifact.not_a_document", "Only HTML files are shown here.");
  }
  return new Response(await readText(stream), { headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin" } });
};
