import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/core/errors";
import {
  buildFeatureReference,
  comparedCounts,
  countFeature,
  createLcg,
  driftOf,
  emptyCounts,
  labelBins,
  mergeCounts,
  nextUp,
  normalQuantile,
  type FeatureCounts,
} from "@/lib/stats";

const messy = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(null, undefined, Number.NaN, Infinity, -Infinity, "text", 0, 0, 0),
);
const rows = fc.array(messy, { maxLength: 300 });
const categories = fc.array(fc.oneof(fc.constantFrom("a", "b", "c", "A", " a", "__proto__", "constructor", "1"), fc.integer({ min: 0, max: 30 }), fc.boolean(), fc.constant(null)), { maxLength: 300 });

const codeOf = (action: () => unknown): string | null => {
  try {
    action();
    return null;
  } catch (error) {
    return isAppError(error) ? error.code : "not an AppError";
  }
};

/** A profile without its moments: what must be equal to the last row. */
const wholeNumbers = (counts: FeatureCounts): unknown => (counts.kind === "numeric" ? { ...counts, moments: counts.moments.n } : counts);

const accountedRows = (counts: FeatureCounts): number => {
  const binned = comparedCounts(counts).reduce((total, count) => total + count, 0);
  const infinite = counts.kind === "numeric" ? counts.positiveInfinityCount + counts.negativeInfinityCount : 0;
  return binned + counts.nullCount + counts.nanCount + counts.mismatchCount + infinite;
};

describe("profiles", () => {
  for (const [kind, values] of [["numeric", rows], ["categorical", categories]] as const) {
    it(`${kind}: merging parts equals profiling the whole, in any order, and no row is lost`, () => {
      fc.assert(
        fc.property(values, fc.array(values as fc.Arbitrary<unknown[]>, { minLength: 1, maxLength: 5 }), (reference, parts) => {
          const { spec } = buildFeatureReference(reference, kind, { dictionarySize: 4 });
          const whole = countFeature(spec, parts.flat());
          const profiles = parts.map((part) => countFeature(spec, part));
          const forwards = profiles.reduce(mergeCounts, emptyCounts(spec));
          const backwards = [...profiles].reverse().reduce(mergeCounts);
          expect(wholeNumbers(forwards)).toEqual(wholeNumbers(whole));
          expect(wholeNumbers(backwards)).toEqual(wholeNumbers(whole));
          expect(accountedRows(whole)).toBe(parts.flat().length);
          if (whole.kind !== "numeric" || forwards.kind !== "numeric" || whole.moments.n === 0) return;
          const scale = Math.max(1e-9, Math.abs(whole.moments.min ?? 0), Math.abs(whole.moments.max ?? 0));
          expect(Math.abs(forwards.moments.mean - whole.moments.mean)).toBeLessThanOrEqual(1e-12 * scale);
          expect(Math.abs(forwards.moments.m2 - whole.moments.m2)).toBeLessThanOrEqual(1e-9 * whole.moments.n * scale ** 2);
          expect([forwards.moments.min, forwards.moments.max]).toEqual([whole.moments.min, whole.moments.max]);
        }),
      );
    });

    it(`${kind}: spec and counts survive JSON`, () => {
      fc.assert(
        fc.property(values, values, (reference, current) => {
          const built = buildFeatureReference(reference, kind);
          const stored = JSON.parse(JSON.stringify(built)) as typeof built;
          expect(countFeature(stored.spec, current)).toEqual(countFeature(built.spec, current));
          expect(driftOf(stored.counts, countFeature(stored.spec, current))).toEqual(driftOf(built.counts, countFeature(built.spec, current)));
        }),
      );
    });
  }

  it("the fast path of long columns puts every value where the edges say", () => {
    const next = createLcg(3);
    for (const shape of [(u: number) => u, (u: number) => Math.exp(20 * u), (u: number) => Math.floor(u * 12), (u: number) => (u < 0.4 ? 0 : u), (u: number) => (u - 0.5) ** 9]) {
      const values = Float64Array.from({ length: 6000 }, () => shape(next()));
      const { spec } = buildFeatureReference(Array.from(values.slice(0, 3000)), "numeric", { bins: 20 });
      if (spec.kind !== "numeric") throw new Error("numeric expected");
      const withEdges = Float64Array.from([...values, ...spec.edges, ...spec.edges.map((edge) => -nextUp(-edge)), -1e300, 1e300, 0, -0]);
      const slow = new Array<number>(spec.edges.length + 1).fill(0);
      for (const value of withEdges) {
        const bin = spec.edges.filter((edge) => edge <= value).length;
        slow[bin] = (slow[bin] ?? 0) + 1;
      }
      expect(comparedCounts(countFeature(spec, withEdges))).toEqual(slow);
    }
  });

  it("no reference bin is empty", () => {
    fc.assert(
      fc.property(rows, (reference) => {
        const { counts } = buildFeatureReference(reference, "numeric");
        if (counts.kind === "numeric" && counts.moments.n > 0) expect(Math.min(...counts.bins)).toBeGreaterThan(0);
      }),
    );
  });

  it("heavy zeros have a bin of their own and the rest keeps its share of bins", () => {
    const next = createLcg(4);
    const { spec, counts } = buildFeatureReference(Array.from({ length: 10_000 }, () => (next() < 0.6 ? 0 : next() * 100)), "numeric");
    expect(spec).toMatchObject({ points: [0] });
    const labels = labelBins(spec);
    const zero = labels.findIndex((label) => "point" in label && label.point === 0);
    expect(comparedCounts(counts)[zero]).toBeGreaterThan(5800);
    expect(labels).toHaveLength(5);
    const moved = driftOf(counts, countFeature(spec, Array.from({ length: 1000 }, () => (next() < 0.3 ? 0 : next() * 100))));
    expect(moved.chi2.p).toBeLessThan(1e-20);
  });

  it("counts each of a million numbers once", { timeout: 30_000 }, () => {
    const next = createLcg(9);
    const values = Float64Array.from({ length: 1_000_000 }, () => normalQuantile(next() || 0.5));
    const { spec } = buildFeatureReference(Array.from(values.subarray(0, 5000)), "numeric");
    expect(comparedCounts(countFeature(spec, values)).reduce((sum, count) => sum + count, 0)).toBe(1_000_000);
  });
});

describe("drift", () => {
  const next = createLcg(6);
  const normals = (n: number, shift = 0): number[] => Array.from({ length: n }, () => normalQuantile(next() || 0.5) + shift);
  const reference = buildFeatureReference(normals(5000), "numeric");

  it("of the reference against itself is zero", () => {
    expect(driftOf(reference.counts, reference.counts)).toMatchObject({ psi: 0, jsDistance: 0, linf: 0, ks: 0, meanShiftSigma: 0, outOfRangeShare: 0, nullShare: 0, newShare: null, status: "ok" });
  });

  it("of a quarter sigma is seen by the test and measured in sigma", () => {
    const drift = driftOf(reference.counts, countFeature(reference.spec, normals(2000, 0.25)));
    expect(drift.chi2.p).toBeLessThan(1e-6);
    expect(drift.meanShiftSigma).toBeCloseTo(0.25, 1);
    expect(drift.psi).toBeGreaterThan(0.03);
  });

  it("without rows has no value, never zero", () => {
    const drift = driftOf(reference.counts, countFeature(reference.spec, [null, null, Number.NaN]));
    expect(drift).toMatchObject({ n: 0, psi: null, jsDistance: null, ks: null, meanShiftSigma: null, outOfRangeShare: null, status: "no_data" });
    expect(drift.nullShare).toBeCloseTo(2 / 3, 12);
    expect(drift.chi2).toEqual({ statistic: null, df: null, p: null, status: "no_data" });
    expect(driftOf(emptyCounts(reference.spec), emptyCounts(reference.spec)).nullShare).toBeNull();
  });

  it("tells new categories from rare ones that the reference knew", () => {
    const { spec, counts } = buildFeatureReference([...new Array<string>(50).fill("a"), ...new Array<string>(30).fill("b"), "c", "d", null], "categorical", { dictionarySize: 2 });
    const current = countFeature(spec, ["a", "b", "c", "d", "C", "new", null, null]);
    expect(current).toMatchObject({ values: [1, 1], other: 2, unseen: 2, nullCount: 2 });
    expect(driftOf(counts, current)).toMatchObject({ newShare: 2 / 6, nullShare: 0.25, ks: null, meanShiftSigma: null });
    expect(labelBins(spec)).toEqual([{ category: "a" }, { category: "b" }, { rest: "other" }, { rest: "new" }]);
  });

  it("refuses profiles of different references", () => {
    const other = buildFeatureReference(normals(100), "numeric", { bins: 5 });
    const words = buildFeatureReference(["a"], "categorical");
    for (const [a, b] of [[reference.counts, other.counts], [reference.counts, words.counts]] as const) {
      expect(codeOf(() => driftOf(a, b))).toBe("stats.profile_mismatch");
      expect(codeOf(() => mergeCounts(a, b))).toBe("stats.profile_mismatch");
    }
  });
});
