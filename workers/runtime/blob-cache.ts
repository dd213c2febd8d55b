import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, link, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { request } from "undici";

import { AppError, messageOf } from "@/lib/core/errors";
import { hasCode } from "@/lib/platform/file-system";

import type { BlobSource, ManifestFile, ModelFiles } from "./load-config";

const headersTimeoutMs = 15_000;
const bodyTimeoutMs = 30_000;

/** Model files by digest in one folder: `blobs/<sha256>`, and per model a folder of hard links under their own paths. */
export class BlobCache {
  #folder: string;
  #maxBytes: number;
  /** How many loads and loaded models need a digest; those are never evicted. */
  #pins = new Map<string, number>();

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Makes the folders and clears what an earlier process left unfinished. */
  async open(): Promise<void> {
    await rm(join(this.#folder, "tmp"), { recursive: true, force: true });
    await rm(join(this.#folder, "models"), { recursive: true, force: true });
    for (const part of ["tmp", "models", "blobs"]) await mkdir(join(this.#folder, part), { recursive: true, mode: 0o700 });
  }

  pin({ manifest }: ModelFiles): void {
    for (const { sha256 } of manifest) this.#pins.set(sha256, (this.#pins.get(sha256) ?? 0) + 1);
  }

  unpin({ manifest }: ModelFiles): void {
    for (const { sha256 } of manifest) {
      const pins = (this.#pins.get(sha256) ?? 1) - 1;
      if (pins > 0) this.#pins.set(sha256, pins);
      else this.#pins.delete(sha256);
    }
  }

  /**
   * Makes sure that every file is in the cache with the right digest: verifies those that are there, fetches the others
   * from `source`. Raises unprocessable for a wrong digest or size, unavailable when a file can't be had, disk_full.
   */
  async provide({ manifest }: ModelFiles, source: BlobSource | undefined): Promise<void> {
    const bytes = manifest.reduce((sum, file) => sum + file.size, 0);
    if (bytes > this.#maxBytes) throw new AppError("too_large", "runtime.model_too_large", `The model has ${bytes} bytes; the runtime's cache holds ${this.#maxBytes}.`);
    for (const file of manifest) {
      if (await this.#isWhole(file)) continue;
      if (!source) throw new AppError("unavailable", "runtime.file_lost", `The file ${file.path} is no longer whole in the cache; load the model again.`);
      await this.#fetch(file, source);
    }
  }

  /** Lays the files out under their own paths in a fresh folder and returns the path of the main one. */
  async layOut(name: string, { manifest, main }: ModelFiles): Promise<string> {
    const folder = join(this.#folder, "models", `${name}-${randomUUID()}`);
    for (const file of manifest) {
      const target = join(folder, file.path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const blob = this.#blob(file.sha256);
      try {
        await link(blob, target);
      } catch (error) {
        if (!hasCode(error, "EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP")) throw asStorageError(error);
        await copyFile(blob, target).catch((cause: unknown) => Promise.reject(asStorageError(cause)));
      }
    }
    return join(folder, main);
  }

  /** Removes the folder that layOut made. */
  async takeDown(name: string): Promise<void> {
    const folder = join(this.#folder, "models");
    for (const entry of await readdir(folder)) if (entry.startsWith(`${name}-`)) await rm(join(folder, entry), { recursive: true, force: true });
  }

  /** Removes the files that were used longest ago, and by no loaded model, until the rest fits; returns the bytes that remain. */
  async evict(): Promise<number> {
    const blobs = [];
    for (const sha256 of await readdir(join(this.#folder, "blobs"))) {
      const found = await stat(this.#blob(sha256)).catch((error: unknown) => (hasCode(error, "ENOENT") ? undefined : Promise.reject(asStorageError(error))));
      if (found) blobs.push({ sha256, size: found.size, mtimeMs: found.mtimeMs });
    }
    let total = blobs.reduce((sum, blob) => sum + blob.size, 0);
    for (const blob of blobs.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (total <= this.#maxBytes) break;
      if (this.#pins.has(blob.sha256)) continue;
      await rm(this.#blob(blob.sha256), { force: true });
      total -= blob.size;
    }
    return total;
  }

  #blob(sha256: string): string {
    return join(this.#folder, "blobs", sha256);
  }

  async #isWhole(file: ManifestFile): Promise<boolean> {
    const path = this.#blob(file.sha256);
    try {
      if ((await stat(path)).size !== file.size) return false;
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
      if (hash.digest("hex") !== file.sha256) return false;
      const now = new Date();
      await utimes(path, now, now);
      return true;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return false;
      throw asStorageError(error);
    }
  }

  async #fetch(file: ManifestFile, source: BlobSource): Promise<void> {
    const temporary = join(this.#folder, "tmp", randomUUID());
    try {
      const body = await openBlob(file, source);
      const check = new DigestCheck(file);
      await pipeline(body, check, createWriteStream(temporary, { mode: 0o600 }));
      check.verify();
      await rename(temporary, this.#blob(file.sha256));
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof AppError) throw error;
      if (hasCode(error, "ENOSPC", "EDQUOT", "EACCES", "EROFS")) throw asStorageError(error);
      throw new AppError("unavailable", "runtime.fetch_failed", `The file ${file.path} could not be fetched: ${messageOf(error)}.`, { cause: error });
    }
  }
}

const openBlob = async (file: ManifestFile, source: BlobSource): Promise<Readable> => {
  const response = await request(`${source.url}${file.sha256}`, { headers: { authorization: `Bearer ${source.token}` }, headersTimeout: headersTimeoutMs, bodyTimeout: bodyTimeoutMs });
  if (response.statusCode === 200) return response.body;
  await response.body.dump();
  const kind = response.statusCode >= 500 ? "unavailable" : "unprocessable";
  throw new AppError(kind, "runtime.fetch_refused", `The file ${file.path} could not be fetched: the server answered ${response.statusCode}.`);
};

/** Passes bytes through while hashing; fails as soon as there are more than the manifest says. */
class DigestCheck extends Transform {
  #file: ManifestFile;
  #hash = createHash("sha256");
  #bytes = 0;

  constructor(file: ManifestFile) {
    super();
    this.#file = file;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: Error | null, data?: Buffer) => void): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    if (this.#bytes > this.#file.size) done(new AppError("unprocessable", "runtime.wrong_size", `The file ${this.#file.path} is longer than the ${this.#file.size} bytes of the manifest.`));
    else done(null, chunk);
  }

  verify(): void {
    if (this.#bytes !== this.#file.size) throw new AppError("unprocessable", "runtime.wrong_size", `The file ${this.#file.path} has ${this.#bytes} bytes; the manifest says ${this.#file.size}.`);
    const digest = this.#hash.digest("hex");
    if (digest !== this.#file.sha256) throw new AppError("unprocessable", "runtime.wrong_digest", `The file ${this.#file.path} has the SHA-256 ${digest}; the manifest says ${this.#file.sha256}.`);
  }
}

const asStorageError = (error: unknown): AppError =>
  hasCode(error, "ENOSPC", "EDQUOT")
    ? new AppError("disk_full", "runtime.disk_full", "The disk of the runtime's cache is full; free space or make the cache smaller.", { cause: error })
    : new AppError("unavailable", "runtime.cache_failed", `The runtime's cache can't be used: ${messageOf(error)}.`, { cause: error });
