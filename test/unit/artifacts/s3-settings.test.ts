import { describe, expect, test } from "vitest";

import { parseEnv } from "@/lib/platform/env";

const base = { DATABASE_URL: "postgres://x", SLIPWAY_SECRET_KEY: "0".repeat(64) };
const parse = (given: Record<string, string>) => parseEnv({ ...base, ...given });

describe("settings of an object store", () => {
  test.each([
    ["s3://bucket", { bucket: "bucket", prefix: "" }],
    ["s3://bucket/", { bucket: "bucket", prefix: "" }],
    ["s3://my.bucket/a/b/", { bucket: "my.bucket", prefix: "a/b/" }],
    ["S3".toLowerCase() + "://bucket//a", { bucket: "bucket", prefix: "a/" }],
  ])("%s", (root, expected) => {
    expect(parse({ SLIPWAY_ARTIFACT_ROOT: root }).s3).toMatchObject(expected);
  });

  test("are absent for a folder", () => {
    expect(parse({ SLIPWAY_ARTIFACT_ROOT: "/data/artifacts" }).s3).toBeUndefined();
    expect(parse({}).s3).toBeUndefined();
  });

  test.each(["s3://", "s3://UPPER/x", "gs://bucket", "ftp://host", "s3://a"])("%s is refused with what to write instead", (root) => {
    expect(() => parse({ SLIPWAY_ARTIFACT_ROOT: root })).toThrow(/Set it to a folder, or to s3:\/\/bucket/);
  });

  test("come from Slipway's variables first, then from those of AWS; an endpoint means addresses by path", () => {
    const s3 = parse({ SLIPWAY_ARTIFACT_ROOT: "s3://bucket", AWS_ENDPOINT_URL: "http://aws:1", SLIPWAY_S3_ENDPOINT: "http://own:2", AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" }).s3;
    expect(s3).toEqual({ bucket: "bucket", prefix: "", endpoint: "http://own:2", publicEndpoint: "http://own:2", region: "eu-west-1", isPathStyle: true, credentials: { accessKeyId: "id", secretAccessKey: "key", sessionToken: undefined } });
    expect(parse({ SLIPWAY_ARTIFACT_ROOT: "s3://bucket", SLIPWAY_S3_PATH_STYLE: "true" }).s3).toMatchObject({ endpoint: undefined, isPathStyle: true, credentials: undefined });
    expect(parse({ SLIPWAY_ARTIFACT_ROOT: "s3://bucket" }).s3).toMatchObject({ isPathStyle: false, region: "us-east-1" });
  });

  test("name the twin of a key that is missing", () => {
    expect(() => parse({ SLIPWAY_ARTIFACT_ROOT: "s3://bucket", AWS_ACCESS_KEY_ID: "id" })).toThrow(/AWS_SECRET_ACCESS_KEY is not set/);
  });
});

test.each([["90s", 90_000], ["15m", 900_000], ["24h", 86_400_000], ["30d", 2_592_000_000], ["0s", 0]])("a span of %s", (text, ms) => {
  expect(parse({ SLIPWAY_GC_DELETED_AFTER: text }).gcDeletedAfterMs).toBe(ms);
});

test.each(["30", "1w", "-1d", "d"])("a span of %j is refused", (text) => {
  expect(() => parse({ SLIPWAY_GC_DELETED_AFTER: text })).toThrow(/number with a unit/);
});
