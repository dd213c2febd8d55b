import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agreementSequence,
  differenceSequence,
  foldSequentialSrm,
  LogHistogram,
  logBetaBinomialE,
  meanDifferenceSequence,
  pairedMeanSequence,
  proportionDifferenceSequence,
  proportionLowerBound,
  proportionUpperBound,
  quantileDifferenceSequence,
  quantileSequence,
  quantileSequenceRanks,
  reweighSequentialSrm,
  startSequentialSrm,
  stratifiedDifference,
  twoSidedSequence,
  upperOneSided,
} from "@/lib/stats";

describe("differences without data or without variance", () => {
  it("zero events never give zero width", () => {
    const sequence = proportionDifferenceSequence({ stable: { n: 5000, k: 0 }, candidate: { n: 500, k: 0 }, alpha: 0.05 });
    expect(sequence.difference).toBe(0);
    expect(sequence.upper).toBeGreaterThan(0.005);
    expect(sequence.lower).toBeLessThan(0);
  });

  it("names why there is no interval", () => {
    expect(proportionDifferenceSequence({ stable: { n: 0, k: 0 }, candidate: { n: 5, k: 1 }, alpha: 0.05 })).toMatchObject({ lower: null, upper: null, status: "no_data" });
    const constant = { n: 100, sum: 300, sumSquares: 900 };
    expect(meanDifferenceSequence({ stable: constant, candidate: constant, alpha: 0.05 })).toMatchObject({ lower: null, status: "constant" });
    expect(meanDifferenceSequence({ stable: constant, candidate: constant, bounds: { min: 0, max: 10 }, alpha: 0.05 }).status).toBe("ok");
    expect(meanDifferenceSequence({ stable: { n: 1, sum: 3, sumSquares: 9 }, candidate: constant, alpha: 0.05 }).status).toBe("insufficient");
    expect(pairedMeanSequence({ n: 0, sum: 0, sumSquares: 0, alpha: 0.05 }).status).toBe("no_data");
    expect(upperOneSided(stratifiedDifference([]), 0.05)).toBeNull();
  });

  it("a stratum with an empty arm changes nothing", () => {
    const stratum = { stable: { n: 900, successes: 9 }, candidate: { n: 100, successes: 2 } };
    const alone = stratifiedDifference([stratum]);
    expect(stratifiedDifference([{ stable: { n: 700, successes: 70 }, candidate: { n: 0, successes: 0 } }, stratum])).toEqual(alone);
  });

  it("one stratum of means equals the sequence of the vectors when arms are equal in size", () => {
    const stable = { n: 3000, sum: 1396.87, sumSquares: 52377.9767 };
    const candidate = { n: 3000, sum: 2422.7, sumSquares: 134698.29 };
    const ours = meanDifferenceSequence({ stable, candidate, alpha: 0.05, tuningN: 5000 });
    const plain = twoSidedSequence(stable, candidate, "absolute", 0.05, 5000);
    expect(ours.lower).toBeCloseTo(plain.lower ?? 0, 12);
    expect(ours.upper).toBeCloseTo(plain.upper ?? 0, 12);
  });

  it("survives JSON", () => {
    const estimate = stratifiedDifference([{ stable: { n: 900, successes: 9 }, candidate: { n: 100, successes: 2 } }]);
    expect(differenceSequence(JSON.parse(JSON.stringify(estimate)) as typeof estimate, 0.05)).toEqual(differenceSequence(estimate, 0.05));
  });
});

describe("agreement sequence", () => {
  it("ends where the e-value reaches 1/alpha", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.05, 0.001), (n, share, alpha) => {
        const k = Math.round(n * share);
        const { lower, upper } = agreementSequence(k, n, alpha);
        for (const bound of [lower, upper]) {
          if (bound === null || bound <= 1e-300 || bound >= 1 - 1e-12) continue;
          expect(logBetaBinomialE(k, n, bound)).toBeCloseTo(-Math.log(alpha), 4);
        }
        expect(lower).toBeLessThanOrEqual(k / n);
        expect(upper).toBeGreaterThanOrEqual(k / n);
      }),
    );
  });

  it("one-sided bounds lie inside the two-sided ones and are null without data", () => {
    const { lower, upper } = agreementSequence(930, 1000, 0.05);
    expect(proportionLowerBound(930, 1000, 0.05)).toBeGreaterThan(lower ?? 1);
    expect(proportionUpperBound(930, 1000, 0.05)).toBeLessThan(upper ?? 0);
    expect(proportionLowerBound(0, 0, 0.05)).toBeNull();
    expect(agreementSequence(0, 0, 0.05)).toMatchObject({ lower: null, upper: null, status: "no_data" });
  });
});

describe("quantile sequence", () => {
  it("has no bound while n is too small to have one", () => {
    expect(quantileSequenceRanks(300, 0.99, 0.05).upperRank).toBeNull();
    expect(quantileSequence([], 0.5, 0.05)).toMatchObject({ estimate: null, lower: null, upper: null, status: "no_data" });
    expect(quantileSequence([1, 2, 3], 0.5, 0.05)).toMatchObject({ lower: null, upper: null, status: "insufficient" });
  });

  it("from a histogram holds the one from the sample, within a bucket on each side", () => {
    const values = Float64Array.from({ length: 3000 }, (_, i) => 5 + (i * 37) % 3000).sort();
    const { histogram } = LogHistogram.of(values);
    const exact = quantileSequence(values, 0.9, 0.05);
    const binned = quantileSequence(histogram, 0.9, 0.05);
    expect(binned.lower).toBeLessThanOrEqual(exact.lower ?? 0);
    expect(binned.upper).toBeGreaterThanOrEqual(exact.upper ?? Infinity);
    expect((binned.lower ?? 0) / (exact.lower ?? 1)).toBeGreaterThan(0.98);
    expect((binned.upper ?? 9) / (exact.upper ?? 1)).toBeLessThan(1.021);
  });

  it("tells a doubled latency from an equal one", () => {
    const slow = LogHistogram.of(Array.from({ length: 2000 }, (_, i) => 20 + (i % 500) / 5)).histogram;
    const fast = LogHistogram.of(Array.from({ length: 2000 }, (_, i) => 10 + (i % 500) / 10)).histogram;
    const worse = quantileDifferenceSequence({ stable: fast, candidate: slow, q: 0.95, alpha: 0.05 });
    expect(worse.ratio.lower).toBeGreaterThan(1.5);
    expect(worse.difference.lower).toBeGreaterThan(0);
    const same = quantileDifferenceSequence({ stable: fast, candidate: fast, q: 0.95, alpha: 0.05 });
    expect(same.ratio.lower).toBeLessThan(1);
    expect(same.ratio.upper).toBeGreaterThan(1);
  });
});

describe("log histogram", () => {
  const values = fc.array(fc.double({ min: 1e-3, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 200 });

  it("merging equals profiling together, in any order, through JSON", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = LogHistogram.of([...b, ...a]).histogram.toJSON();
        const part = LogHistogram.fromCounts(JSON.parse(JSON.stringify(LogHistogram.of(a).histogram)) as Record<string, number>);
        expect(part?.merge(LogHistogram.of(b).histogram).toJSON()).toEqual(whole);
      }),
    );
  });

  it("every quantile is within 1 % of an order statistic", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const sorted = Float64Array.from(list).sort();
        const exact = sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
        expect(Math.abs((LogHistogram.of(list).histogram.quantile(q) ?? 0) / exact - 1)).toBeLessThanOrEqual(0.0100001);
      }),
    );
  });

  it("refuses what is no latency and says so", () => {
    expect(LogHistogram.of([1, -1, Number.NaN, Infinity, 0])).toMatchObject({ refused: 3 });
    expect(new LogHistogram().quantile(0.5)).toBeNull();
    expect(LogHistogram.fromCounts({ x: 1 })).toBeNull();
    expect(LogHistogram.fromCounts({ "5": -1 })).toBeNull();
  });
});

describe("sequential SRM", () => {
  it("does not depend on how rows were cut into batches", () => {
    const once = foldSequentialSrm(startSequentialSrm([1, 1]), [300, 380]);
    const twice = foldSequentialSrm(foldSequentialSrm(startSequentialSrm([1, 1]), [100, 180]), [200, 200]);
    expect(twice.logBayesFactor).toBeCloseTo(once.logBayesFactor, 9);
  });

  it("keeps its evidence over a change of weights and does not take the change itself for a mismatch", () => {
    const first = foldSequentialSrm(startSequentialSrm([95, 5]), [9500, 500]);
    const second = foldSequentialSrm(reweighSequentialSrm(first, [50, 50]), [5000, 5000]);
    expect(second.p).toBe(1);
    expect(second.n).toBe(20_000);
    expect(foldSequentialSrm(first, [5000, 5000]).p).toBeLessThan(1e-6);
  });

  it("rows on an arm that should have none are certain mismatch", () => {
    const certain = foldSequentialSrm(startSequentialSrm([1, 0]), [10, 1]);
    expect(certain.p).toBe(0);
    expect(foldSequentialSrm(JSON.parse(JSON.stringify(certain)) as typeof certain, [10, 0]).p).toBe(0);
    expect(JSON.parse(JSON.stringify(certain))).toEqual(certain);
    expect(foldSequentialSrm(startSequentialSrm([1, 0]), [10, 0]).p).toBe(1);
  });
});
