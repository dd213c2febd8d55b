import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type BucketSummary, pathOf, smooth } from "@/lib/tracking/curves";
import { imageNameOf } from "@/lib/tracking/image-names";

/** Cuts points into buckets, as the database does. */
const bucketsOf = (values: readonly number[], size: number): BucketSummary[] => {
  const buckets: BucketSummary[] = [];
  for (let at = 0; at < values.length; at += size) {
    const own = values.slice(at, at + size);
    buckets.push({ index: at / size, n: own.length, firstX: at, first: own[0] ?? 0, lastX: at + own.length - 1, last: own.at(-1) ?? 0, min: Math.min(...own), max: Math.max(...own) });
  }
  return buckets;
};
const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });

describe("the path of reduced data", () => {
  it("keeps every bucket's first, least, greatest and last value, in order, and at most four points of it", () => {
    fc.assert(fc.property(values, fc.integer({ min: 1, max: 20 }), (given, size) => {
      const buckets = bucketsOf(given, size);
      const { x, y } = pathOf(buckets);
      expect(x.length).toBe(y.length);
      expect(x.every((value, index) => index === 0 || value >= (x[index - 1] ?? 0))).toBe(true);
      for (const { firstX, lastX, first, last, min, max } of buckets) {
        const own = y.filter((_, index) => (x[index] ?? 0) >= firstX && (x[index] ?? 0) <= lastX);
        expect(own.length).toBeLessThanOrEqual(4);
        expect([own[0], own.at(-1), Math.min(...own), Math.max(...own)]).toEqual([first, last, min, max]);
      }
    }));
  });
  it("is the points themselves when no bucket holds more than two", () => {
    fc.assert(fc.property(values, (given) => {
      expect(pathOf(bucketsOf(given, 2))).toEqual({ x: given.map((_, index) => index), y: given });
    }));
  });
});

/** TensorBoard's own words for it (line_chart: resmoothDataset). */
const reference = (given: readonly number[], weight: number): number[] => {
  let last = 0;
  let accumulated = 0;
  const isConstant = given.every((value) => value === given[0]);
  return given.map((next) => {
    if (isConstant) return next;
    last = last * weight + (1 - weight) * next;
    accumulated += 1;
    return last / (weight === 1 ? 1 : 1 - Math.pow(weight, accumulated));
  });
};

describe("smoothing", () => {
  it("agrees with TensorBoard", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 100 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (given, weight) => {
      const [ours, theirs] = [smooth(given, weight), reference(given, weight)];
      ours.forEach((value, index) => expect(Math.abs(value - (theirs[index] ?? NaN))).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value))));
    }));
  });
  it("begins at the first value, stays within the extremes and leaves a weight of 0 alone", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (given, weight) => {
      const drawn = smooth(given, weight);
      expect(drawn[0]).toBeCloseTo(given[0] ?? NaN, 6);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(Math.max(...given) + 1e-6);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(Math.min(...given) - 1e-6);
      expect(smooth(given, 0)).toEqual(given);
    }));
  });
  it("knows worked numbers", () => {
    expect(smooth([1, 2, 3], 0.5).map((value) => Number(value.toFixed(6)))).toEqual([1, 1.666667, 2.428571]);
  });
});

describe("names of images", () => {
  it.each([
    ["plots/roc.png", { key: "plots/roc.png", step: null, atMs: null, isSmallCopy: false }],
    ["images/val#samples%step%3%timestamp%1700000000000%g1a2-b3.png", { key: "val/samples", step: 3, atMs: 1_700_000_000_000, isSmallCopy: false }],
    ["images/dog+step+-1+timestamp+5+z9+compressed.webp", { key: "dog", step: -1, atMs: 5, isSmallCopy: true }],
    ["images/dog%step%x%timestamp%5%z9.png", { key: "images/dog%step%x%timestamp%5%z9.png", step: null, atMs: null, isSmallCopy: false }],
  ])("%s", (path, name) => expect(imageNameOf(path)).toEqual(name));
});
