import { describe, expect, it } from "vitest";
import {
  differenceSequence,
  foldSequentialSrm,
  logBetaBinomialE,
  LogHistogram,
  lowerOneSided,
  meanDifferenceSequence,
  pairedMeanSequence,
  proportionDifferenceSequence,
  quantileSequence,
  startSequentialSrm,
  stratifiedDifference,
  upperOneSided,
  type DifferenceSequence,
} from "@/lib/stats";
import { isLook, normal, rateArms, seeded, shareOfRunsWrong } from "./peeking";

const minimumN = 100;
const excludes = (sequence: { lower: number | null; upper: number | null }, truth: number): boolean =>
  (sequence.lower !== null && sequence.lower > truth) || (sequence.upper !== null && sequence.upper < truth);

describe("false alarms under continuous peeking", { timeout: 120_000 }, () => {
  const cases = [
    { rate: 0.01, share: 0.5, alpha: 0.05 },
    { rate: 0.01, share: 0.05, alpha: 0.05 },
    { rate: 0.05, share: 0.05, alpha: 0.01 },
  ];
  for (const { rate, share, alpha } of cases) {
    it(`rates of ${rate}, ${share * 100} % on the candidate, alpha ${alpha}: harm and safety`, () => {
      const harm = { wrong: 0 };
      const wrong = shareOfRunsWrong(100, 11, (random) => {
        const { arms, grow } = rateArms(random, share, rate, rate);
        let harmSeen = false;
        return {
          looks: 1200,
          step: () => {
            grow();
            if (Math.min(arms.stable.n, arms.candidate.n) < minimumN || !isLook(arms.stable.n)) return null;
            const sequence = proportionDifferenceSequence({ ...arms, alpha });
            if (!harmSeen && (sequence.difference ?? 0) > 0 && (lowerOneSided(sequence, alpha) ?? -1) > 0) {
              harmSeen = true;
              harm.wrong++;
            }
            return excludes(sequence, 0);
          },
        };
      });
      expect(wrong).toBeLessThanOrEqual(alpha);
      expect(harm.wrong / 100).toBeLessThanOrEqual(alpha);
    });
  }

  it("one-sided bounds at the margin: neither harm nor safety is claimed of a candidate exactly on it", () => {
    const margin = 0.01;
    for (const side of ["harm", "safe"] as const) {
      const wrong = shareOfRunsWrong(80, 12, (random) => {
        const { arms, grow } = rateArms(random, 0.1, 0.01, 0.01 + margin);
        return {
          looks: 1200,
          step: () => {
            grow();
            if (arms.candidate.n < minimumN || !isLook(arms.stable.n)) return null;
            const estimate = stratifiedDifference([{ stable: { n: arms.stable.n, successes: arms.stable.k }, candidate: { n: arms.candidate.n, successes: arms.candidate.k } }]);
            return side === "harm" ? (lowerOneSided(estimate, 0.05) ?? -1) > margin : (upperOneSided(estimate, 0.05) ?? 1) < margin;
          },
        };
      });
      expect(wrong, side).toBeLessThanOrEqual(0.05);
    }
  });

  for (const share of [0.5, 0.1]) {
    it(`means of a skewed loss (exponential), ${share * 100} % on the candidate`, () => {
      const wrong = shareOfRunsWrong(100, 13, (random) => {
        const stable = { n: 0, sum: 0, sumSquares: 0 };
        const candidate = { n: 0, sum: 0, sumSquares: 0 };
        return {
          looks: 1500,
          step: () => {
            const arm = random() < share ? candidate : stable;
            const loss = -Math.log(1 - random());
            arm.n++;
            arm.sum += loss;
            arm.sumSquares += loss * loss;
            if (Math.min(stable.n, candidate.n) < minimumN || !isLook(stable.n)) return null;
            return excludes(meanDifferenceSequence({ stable, candidate, alpha: 0.05 }), 0);
          },
        };
      });
      expect(wrong).toBeLessThanOrEqual(0.05);
    });
  }

  it("a ramp whose base rate moves with the weight: strata keep the level where pooling would not", () => {
    const stages = [
      { share: 0.05, rate: 0.02, rows: 4000 },
      { share: 0.25, rate: 0.1, rows: 3000 },
      { share: 0.5, rate: 0.3, rows: 3000 },
    ];
    const run = (pool: boolean): number =>
      shareOfRunsWrong(60, 14, (random) => {
        const strata: { stable: { n: number; successes: number }; candidate: { n: number; successes: number } }[] = [];
        let row = 0;
        return {
          looks: 1000,
          step: () => {
            const stage = stages.findIndex((_, i) => row < stages.slice(0, i + 1).reduce((total, part) => total + part.rows, 0));
            const { share, rate } = stages[stage] ?? { share: 0.5, rate: 0.3 };
            while (strata.length <= Math.max(0, stage)) strata.push({ stable: { n: 0, successes: 0 }, candidate: { n: 0, successes: 0 } });
            const arm = strata[strata.length - 1]?.[random() < share ? "candidate" : "stable"];
            if (arm) {
              arm.n++;
              arm.successes += random() < rate ? 1 : 0;
            }
            if (row++ % 9 !== 0 || row < 2500) return null;
            const all = (side: "stable" | "candidate") => ({
              n: strata.reduce((total, stratum) => total + stratum[side].n, 0),
              successes: strata.reduce((total, stratum) => total + stratum[side].successes, 0),
            });
            return excludes(differenceSequence(stratifiedDifference(pool ? [{ stable: all("stable"), candidate: all("candidate") }] : strata), 0.05), 0);
          },
        };
      });
    expect(run(false)).toBeLessThanOrEqual(0.05);
    expect(run(true)).toBeGreaterThan(0.5);
  });

  it("paired differences of 0/1 outcomes", () => {
    const wrong = shareOfRunsWrong(100, 15, (random) => {
      const sums = { n: 0, sum: 0, sumSquares: 0 };
      return {
        looks: 1500,
        step: () => {
          const u = random();
          const difference = u < 0.02 ? 1 : u < 0.04 ? -1 : 0;
          sums.n++;
          sums.sum += difference;
          sums.sumSquares += difference * difference;
          return sums.n < minimumN || !isLook(sums.n) ? null : excludes(pairedMeanSequence({ ...sums, bounds: { min: -1, max: 1 }, alpha: 0.05 }), 0);
        },
      };
    });
    expect(wrong).toBeLessThanOrEqual(0.05);
  });

  it("agreement: the exact chance of ever excluding the truth, by dynamic programming over all paths", () => {
    const alpha = 0.05;
    for (const rate of [0.5, 0.9, 0.99]) {
      // alive[k] is the chance of k successes in n rows without an exclusion so far.
      let alive = Float64Array.of(1);
      let excluded = 0;
      for (let n = 1; n <= 1500; n++) {
        const next = new Float64Array(n + 1);
        for (let k = 0; k <= n; k++) {
          const mass = (k < n ? (alive[k] ?? 0) * (1 - rate) : 0) + (k > 0 ? (alive[k - 1] ?? 0) * rate : 0);
          if (mass === 0) continue;
          if (logBetaBinomialE(k, n, rate) >= -Math.log(alpha)) excluded += mass;
          else next[k] = mass;
        }
        alive = next;
      }
      expect(excluded, String(rate)).toBeLessThanOrEqual(alpha);
      expect(excluded, String(rate)).toBeGreaterThan(alpha / 10);
    }
  });

  it("a latency quantile, from the histogram", () => {
    const truth = Math.exp(0.5 * 1.6448536269514722);
    const wrong = shareOfRunsWrong(100, 17, (random) => {
      const histogram = new LogHistogram();
      return {
        looks: 1200,
        step: () => {
          histogram.add(Math.exp(0.5 * normal(random)));
          return isLook(histogram.n) ? excludes(quantileSequence(histogram, 0.95, 0.05), truth) : null;
        },
      };
    });
    expect(wrong).toBeLessThanOrEqual(0.05);
  });

  it("a sample ratio that is as planned", () => {
    const wrong = shareOfRunsWrong(100, 18, (random) => {
      let state = startSequentialSrm([9, 1], 1000);
      return {
        looks: 3000,
        step: () => {
          state = foldSequentialSrm(state, random() < 0.1 ? [0, 1] : [1, 0]);
          return state.p < 0.05;
        },
      };
    });
    expect(wrong).toBeLessThanOrEqual(0.05);
  });
});

describe("power", () => {
  const rowsUntil = (share: number, stableRate: number, candidateRate: number, found: (sequence: DifferenceSequence) => boolean): number => {
    const random = seeded(21);
    const needed: number[] = [];
    for (let run = 0; run < 21; run++) {
      const { arms, grow } = rateArms(random, share, stableRate, candidateRate);
      for (let row = 0; row < 100_000; row++) {
        grow();
        if (arms.candidate.n < minimumN || row % 20 !== 0) continue;
        if (found(proportionDifferenceSequence({ ...arms, alpha: 0.05 }))) break;
      }
      needed.push(arms.candidate.n);
    }
    return needed.sort((a, b) => a - b)[10] ?? Infinity;
  };

  it("sees 5 % errors against 0.1 % within 250 candidate rows", () => {
    expect(rowsUntil(0.05, 0.001, 0.05, (sequence) => (lowerOneSided(sequence, 0.05) ?? -1) > 0)).toBeLessThan(250);
  });

  it("sees 3 % errors against 1 % on equal arms within 2,000 candidate rows", () => {
    expect(rowsUntil(0.5, 0.01, 0.03, (sequence) => (lowerOneSided(sequence, 0.05) ?? -1) > 0)).toBeLessThan(2000);
  });

  it("shows 1 percentage point of non-inferiority at 1 % errors within 3,000 candidate rows", () => {
    expect(rowsUntil(0.2, 0.01, 0.01, (sequence) => (upperOneSided(sequence, 0.05) ?? 1) < 0.01)).toBeLessThan(3000);
  });

  it("alarms on a sample ratio of 60:40 instead of 50:50 within 3,000 rows", () => {
    let state = startSequentialSrm([1, 1]);
    for (let batch = 0; batch < 30; batch++) state = foldSequentialSrm(state, [60, 40]);
    expect(state.p).toBeLessThan(0.001);
  });
});
