import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRuntimeEnv } from "@/lib/platform/env-runtime";
import { countBatch, mergeInputs, type Pending, splitOutputs } from "@/workers/runtime/batch";
import { findRoute } from "@/workers/runtime/routes";
import { decodeData, encodeData } from "@/workers/runtime/tensor-data";

const integers = { INT8: [-128, 127], UINT8: [0, 255], INT16: [-32768, 32767], UINT16: [0, 65535], INT32: [-2147483648, 2147483647], UINT32: [0, 4294967295] } as const;

const same = (given: unknown, expected: unknown): void => {
  expect(given).toEqual(expected);
};

describe("tensor data", () => {
  it("comes back as it went in", () => {
    for (const [datatype, [min, max]] of Object.entries(integers)) {
      const name = datatype as keyof typeof integers;
      fc.assert(fc.property(fc.array(fc.integer({ min, max }), { minLength: 1 }), (list) => same(JSON.parse(`[${encodeData(name, decodeData("x", name, [list.length], list))}]`), list)));
      for (const bad of [min - 1, max + 1]) expect(() => decodeData("x", name, [1], [bad])).toThrow(/whole numbers from/);
    }
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (list) => same(JSON.parse(`[${encodeData("FP64", decodeData("x", "FP64", [list.length], list))}]`), list.map((value) => (Object.is(value, -0) ? 0 : value)))));
    fc.assert(fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (list) => same(JSON.parse(`[${encodeData("FP32", decodeData("x", "FP32", [list.length], list))}]`), list.map((value) => (Object.is(value, -0) ? 0 : value)))));
    fc.assert(fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }), (list) => same(encodeData("INT64", decodeData("x", "INT64", [list.length], list.map(String))), list.join(","))));
    fc.assert(fc.property(fc.array(fc.string(), { minLength: 1 }), (list) => same(JSON.parse(`[${encodeData("BYTES", decodeData("x", "BYTES", [list.length], list))}]`), list)));
  });

  it("refuses anything or decodes exactly as many elements as the shape has, and never throws anything but a refusal", () => {
    fc.assert(
      fc.property(fc.constantFrom("FP32", "INT64", "BYTES", "BOOL", "UINT8"), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), fc.anything(), (datatype, shape, data) => {
        const size = shape.reduce((product, dim) => product * dim, 1);
        try {
          expect(decodeData("x", datatype as "FP32", shape, data)).toHaveLength(size);
        } catch (error) {
          expect(error).toMatchObject({ kind: "invalid" });
        }
      }),
    );
  });
});

const pending = (rows: number, first: number): Pending => ({
  inputs: [{ name: "x", datatype: "FP32", shape: [rows, 2], data: Float32Array.from({ length: rows * 2 }, (_, index) => first + index) }, { name: "s", datatype: "BYTES", shape: [rows], data: Array.from({ length: rows }, (_, index) => `${first}/${index}`) }],
  rows,
  arrivedAtMs: 0,
  resolve: () => undefined,
  reject: () => undefined,
});

describe("batches", () => {
  it("give every request its own rows back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const batch = sizes.map((rows, index) => pending(rows, index * 100));
        const merged = mergeInputs(batch);
        expect(merged[0]?.shape).toEqual([sizes.reduce((sum, rows) => sum + rows, 0), 2]);
        expect(splitOutputs(batch, merged)).toEqual(batch.map((request) => request.inputs));
      }),
    );
  });

  it("stay within the rows allowed, except for a single large request", () => {
    const queue = [3, 3, 3].map((rows) => pending(rows, 0));
    expect(countBatch(queue, 6)).toBe(2);
    expect(countBatch(queue, 2)).toBe(1);
    expect(countBatch([], 6)).toBe(0);
    expect(countBatch([{ ...pending(1, 0), rows: Infinity }, pending(1, 0)], 6)).toBe(1);
    expect(countBatch([pending(1, 0), { ...pending(1, 0), rows: Infinity }], 6)).toBe(1);
  });

  it("are refused when the model lost rows", () => {
    expect(() => splitOutputs([pending(1, 0), pending(1, 0)], [{ name: "y", datatype: "FP32", shape: [1, 2], data: new Float32Array(2) }])).toThrow(/gave 1 rows of "y" for 2/);
  });
});

describe("routes", () => {
  const name = `ver_${"0".repeat(32)}`;
  it.each([
    ["GET", "/v2", "server"],
    ["HEAD", "/v2/health/live", "live"],
    ["GET", `/v2/models/${name}`, "metadata"],
    ["GET", `/v2/models/${name}/versions/1/ready`, "modelReady"],
    ["POST", `/v2/models/${name}/versions/1/infer`, "infer"],
    ["POST", `/v2/repository/models/${name}/unload`, "unload"],
  ])("%s %s", (method, path, kind) => expect(findRoute(method, path).kind).toBe(kind));

  it.each([
    ["GET", `/v2/models/${name}/infer`, "invalid"],
    ["POST", "/v2", "invalid"],
    ["POST", "/v2/repository/models/iris/load", "invalid"],
    ["GET", `/v2/models/${name}/versions/2`, "not_found"],
    ["GET", "/constructor", "not_found"],
    ["GET", `/v2/models/a/b/infer`, "not_found"],
  ])("refuses %s %s", (method, path, kind) => expect(() => findRoute(method, path)).toThrow(expect.objectContaining({ kind }) as Error));
});

describe("settings", () => {
  const good = { NODE_ENV: "test", SLIPWAY_RUNTIME_CACHE: "/cache", SLIPWAY_RUNTIME_SECRET: "0123456789abcdef" } as const;
  it("has defaults, reads the secret's file, and names what is wrong", () => {
    expect(parseRuntimeEnv(good)).toMatchObject({ host: "127.0.0.1", port: 3002, cacheFolder: "/cache", bodyMaxBytes: 8_000_000, timeoutMs: 10_000, maxBatchRows: 256 });
    expect(parseRuntimeEnv({ ...good, SLIPWAY_RUNTIME_SECRET_FILE: "/s" }, () => "from-a-file-0123456789\n").secret).toBe("from-a-file-0123456789");
    expect(() => parseRuntimeEnv({ NODE_ENV: "test" })).toThrow(/SLIPWAY_RUNTIME_CACHE: is not set/);
    expect(() => parseRuntimeEnv({ ...good, SLIPWAY_RUNTIME_SECRET: "short" })).toThrow(/at least 16/);
    expect(() => parseRuntimeEnv({ ...good, SLIPWAY_RUNTIME_SECRET_FILE: "/nowhere/at/all" })).toThrow(/can't be read/);
  });
});
