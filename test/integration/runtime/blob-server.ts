import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export const blobToken = "short-lived-token";

export type Files = Record<string, Uint8Array>;

/** Serves files by digest as web does for the runtime, and misbehaves on request. */
export class BlobServer {
  #server: Server;
  #blobs = new Map<string, Uint8Array>();
  /** Digest → what is sent instead. */
  readonly lies = new Map<string, Uint8Array>();
  /** Digests whose answer stops half-way. */
  readonly cut = new Set<string>();
  delayMs = 0;
  requests = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests++;
      const sha256 = request.url?.split("/").at(-1) ?? "";
      const content = this.lies.get(sha256) ?? this.#blobs.get(sha256);
      if (request.headers.authorization !== `Bearer ${blobToken}`) return void response.writeHead(401).end();
      if (!content) return void response.writeHead(404).end();
      setTimeout(() => {
        response.writeHead(200, { "content-length": content.length });
        if (!this.cut.has(sha256)) return void response.end(content);
        response.write(content.subarray(0, content.length / 2), () => response.destroy());
      }, this.delayMs);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve()));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Makes files available and returns the body of a load call for them. */
  offer(files: Files, main = "model.onnx", overrides: Record<string, unknown> = {}): { parameters: { config: string } } {
    const manifest = Object.entries(files).map(([path, content]) => {
      const sha256 = digestOf(content);
      this.#blobs.set(sha256, content);
      return { path, sha256, size: content.length };
    });
    const { port } = this.#server.address() as AddressInfo;
    return { parameters: { config: JSON.stringify({ manifest, main, url: `http://127.0.0.1:${port}/api/internal/blobs/`, token: blobToken, ...overrides }) } };
  }
}

export const digestOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
export const versionName = (number: number): string => `ver_${number.toString(16).padStart(32, "0")}`;
