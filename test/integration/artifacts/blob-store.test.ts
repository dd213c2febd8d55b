import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openBlobStore } from "@/lib/platform/blob-store";
import type { BlobStore } from "@/lib/platform/blobs";
import { readS3Settings } from "@/lib/platform/env-s3";

import { sourceOf } from "../../support/models";
import { canServeS3, type S3Server, startS3Server } from "../../support/s3-server";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const readAll = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray() as Buffer[]);
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const limit = { maxBytes: 100_000_000 };

/** What every artifact store promises. `open` gives one that is empty. */
const contract = (open: () => BlobStore): void => {
  test.each([["nothing", 0], ["a few bytes", 10], ["a part and a bit", 8 * 1_048_576 + 17], ["exactly two parts", 16 * 1_048_576]])("keeps %s by digest, whole and by range", async (_, size) => {
    const store = open();
    const bytes = randomBytes(size);
    const kept = await store.put(sourceOf(bytes, 300_000), limit);
    expect(kept).toEqual({ sha256: sha256(bytes), size });
    expect(await store.size(kept.sha256)).toBe(size);
    expect(sha256(await readAll(await store.open(kept.sha256)))).toBe(kept.sha256);
    if (size > 4) {
      expect(await readAll(await store.open(kept.sha256, { start: 2, end: 4 }))).toEqual(bytes.subarray(2, 5));
      expect(await readAll(await store.open(kept.sha256, { start: size - 3 }))).toEqual(bytes.subarray(size - 3));
      expect(Buffer.from(await store.read(kept.sha256, size - 2, 100))).toEqual(bytes.subarray(size - 2));
    }
    expect(await store.read(kept.sha256, size, 10)).toHaveLength(0);
  });

  test("takes the same bytes twice, also at once and with their digest told", async () => {
    const store = open();
    const bytes = randomBytes(9 * 1_048_576);
    const all = await Promise.all([undefined, sha256(bytes), undefined].map((expectedSha256) => store.put(sourceOf(bytes, 1_000_000), { ...limit, expectedSha256 })));
    expect(new Set(all.map((kept) => kept.sha256))).toEqual(new Set([sha256(bytes)]));
    expect(sha256(await readAll(await store.open(sha256(bytes))))).toBe(sha256(bytes));
  });

  test.each([10, 9 * 1_048_576])("refuses %d bytes that are others than told, or too many, and keeps nothing of them", async (size) => {
    const store = open();
    const before = await collect(store.list());
    const bytes = randomBytes(size);
    const wrong = sha256(randomBytes(3));
    await expect(store.put(sourceOf(bytes, 700_000), { ...limit, expectedSha256: wrong })).rejects.toMatchObject({ kind: "invalid", code: "blob.digest_mismatch" });
    await expect(store.put(sourceOf(bytes, 700_000), { maxBytes: size - 1 })).rejects.toMatchObject({ kind: "too_large" });
    expect(await store.size(wrong)).toBeUndefined();
    expect(await store.size(sha256(bytes))).toBeUndefined();
    expect(await collect(store.list())).toEqual(before);
    expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(0);
  });

  test("keeps nothing of a source that breaks", async () => {
    const store = open();
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield randomBytes(9 * 1_048_576);
      yield await Promise.reject(new Error("the client went away"));
    }
    await expect(store.put(breaking(), limit)).rejects.toThrow("the client went away");
    expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(0);
  });

  test("misses what it does not hold", async () => {
    const store = open();
    for (const name of ["f".repeat(64), "../../etc/passwd", ""]) {
      await expect(store.open(name)).rejects.toMatchObject({ kind: "not_found" });
      expect(await store.size(name)).toBeUndefined();
    }
    expect(await store.remove("f".repeat(64), new Date())).toBe(true);
  });

  test("lists in the order of digests, from any of them", async () => {
    const store = open();
    for (let index = 0; index < 12; index += 1) await store.put(sourceOf(Buffer.from(`listed ${index}`)), limit);
    const all = await collect(store.list());
    const names = all.map((blob) => blob.sha256);
    expect(names).toEqual([...names].sort());
    expect(names.length).toBeGreaterThanOrEqual(12);
    expect(all.every(({ modifiedAt }) => Math.abs(Date.now() - modifiedAt.getTime()) < 300_000)).toBe(true);
    expect((await collect(store.list(names[5]))).map((blob) => blob.sha256)).toEqual(names.slice(6));
    expect(await collect(store.list("f".repeat(64)))).toEqual([]);
  });

  test("removes what is old and spares what was put again since", async () => {
    const store = open();
    const bytes = Buffer.from("put, removed, put again");
    const { sha256: digest } = await store.put(sourceOf(bytes), limit);
    expect(await store.remove(digest, new Date(Date.now() - 60_000))).toBe(false);
    expect(await store.size(digest)).toBe(bytes.length);
    expect(await store.remove(digest, new Date(Date.now() + 60_000))).toBe(true);
    expect(await store.size(digest)).toBeUndefined();
    await store.put(sourceOf(bytes), limit);
    expect(await readAll(await store.open(digest))).toEqual(bytes);
  });

  test("says that it can be used", async () => {
    await expect(open().check()).resolves.toBeUndefined();
  });
};

describe("a folder", () => {
  const root = mkdtempSync(path.join(tmpdir(), "slipway-store-"));
  const store = openBlobStore({ artifactRoot: root });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  contract(() => store);

  test.each([1_000, 300_000])("keeps the file of %d bytes that is there, young again, and replaces one that is damaged", async (size) => {
    const bytes = randomBytes(size);
    const { sha256: name } = await store.put(sourceOf(bytes, 50_000), limit);
    const file = path.join(root, "blobs", name.slice(0, 2), name.slice(2, 4), name);
    const { ino } = statSync(file);
    const longAgo = new Date("2026-01-01T00:00:00Z");
    for (let turn = 0; turn < 3; turn += 1) {
      utimesSync(file, longAgo, longAgo);
      await store.put(sourceOf(bytes, 50_000), limit);
      expect(statSync(file).ino).toBe(ino);
      expect(statSync(file).mtime.getTime()).toBeGreaterThan(longAgo.getTime());
    }
    truncateSync(file, size - 1);
    await store.put(sourceOf(bytes, 50_000), limit);
    expect(await readAll(await store.open(name))).toEqual(bytes);
    expect(readdirSync(path.join(root, "incoming"))).toEqual([]);
  });
});

describe.skipIf(!canServeS3())("a bucket of a real S3 server", () => {
  let server: S3Server;
  let store: BlobStore;
  const openWith = (change: Record<string, string> = {}): BlobStore => {
    const variables = { ...server.variables, ...change };
    const root = variables["SLIPWAY_ARTIFACT_ROOT"] ?? "";
    return openBlobStore({ artifactRoot: root, s3: readS3Settings(root, variables) });
  };
  beforeAll(async () => {
    server = await startS3Server();
    store = openWith();
  }, 900_000);
  afterAll(() => server.stop());
  contract(() => store);

  test.each([
    ["bucket", { SLIPWAY_ARTIFACT_ROOT: "s3://no-such-bucket" }, /bucket no-such-bucket .*does not exist.*SLIPWAY_ARTIFACT_ROOT/],
    ["key", { AWS_ACCESS_KEY_ID: "nobody" }, /refuses the credentials.*AWS_ACCESS_KEY_ID/],
    ["secret", { AWS_SECRET_ACCESS_KEY: "wrong-secret-value" }, /refuses the credentials.*AWS_SECRET_ACCESS_KEY/],
    ["address", { SLIPWAY_S3_ENDPOINT: "http://127.0.0.1:9" }, /can't be reached.*SLIPWAY_S3_ENDPOINT/],
  ])("a wrong %s is one clear line, without secrets", async (_, change, message) => {
    const error: unknown = await openWith(change).check().catch((problem: unknown) => problem);
    expect((error as Error).message).toMatch(message);
    expect(error).toMatchObject({ kind: "unavailable", message: expect.stringMatching(message) as string });
    const told = JSON.stringify([error, (error as Error).message, (error as Error).stack, (error as Error).cause, String((error as { cause?: unknown }).cause)]);
    expect(told).not.toContain(server.variables["AWS_SECRET_ACCESS_KEY"]);
    expect(told).not.toContain("wrong-secret-value");
  });

  test("holds what its prefix names, and another prefix nothing of it", async () => {
    const other = openWith({ SLIPWAY_ARTIFACT_ROOT: "s3://slipway/other/place/" });
    const { sha256: digest } = await store.put(sourceOf(Buffer.from("of one prefix")), limit);
    expect(await other.size(digest)).toBeUndefined();
    expect(await collect(other.list())).toEqual([]);
  });
});
