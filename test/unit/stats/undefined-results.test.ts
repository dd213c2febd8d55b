import { describe, expect, it } from "vitest";
import * as stats from "@/lib/stats";

const samples: Record<string, number[]> = { empty: [], single: [3], constant: [2, 2, 2, 2, 2, 2], pair: [0, 1] };

const twoSamples: Record<string, (x: number[], y: number[]) => unknown> = {
  welch: stats.welchTestOfSamples,
  student: stats.studentTestOfSamples,
  cohenD: stats.cohenD,
  mannWhitneyExact: (x, y) => stats.mannWhitney(x, y, "exact"),
  mannWhitney: (x, y) => stats.mannWhitney(x, y, "asymptotic"),
  ks: stats.ksTwoSample,
  ksSeries: (x, y) => stats.ksTwoSample(x, y, "kolmogorov_series"),
  ksAsymptotic: (x, y) => stats.ksTwoSample(x, y, "scipy_asymptotic"),
  wasserstein: stats.wassersteinOfSamples,
  energy: stats.energyDistance,
  anderson: stats.andersonDarlingTwoSample,
  epps: stats.eppsSingleton,
  bins: (x, y) => stats.quantileBinDrift(x, y, 10),
  evidently: stats.evidentlyNumericDrift,
  nannyml: stats.nannymlNumericDrift,
};

const countVectors: Record<string, (r: number[], c: number[]) => unknown> = {
  psi: stats.populationStabilityIndex,
  psiEvidently: (r, c) => stats.populationStabilityIndex(r, c, "evidently"),
  psiEpsilon: stats.populationStabilityIndexWithEpsilon,
  kl: stats.kullbackLeibler,
  js: stats.jensenShannonDistance,
  hellinger: stats.hellingerDistance,
  tvd: stats.totalVariation,
  linf: stats.largestShareChange,
  chi2: stats.chiSquareHomogeneity,
  gof: stats.chiSquareGoodnessOfFit,
  g: stats.gTest,
  permutation: (r, c) => stats.totalVariationPermutation(r, c, 50),
};

const scored: Record<string, (y: number[], s: number[]) => unknown> = {
  auc: stats.rocAuc,
  ap: stats.averagePrecision,
  brier: stats.brierScore,
  logLoss: stats.logLoss,
  ece: (y, s) => stats.expectedCalibrationError(y, s, 10, "equal_width"),
  eceCount: (y, s) => stats.expectedCalibrationError(y, s, 10, "equal_count"),
  aucSe: stats.aucStandardError,
  aucBins: (y, s) => stats.rocAucOfBins(stats.scoreBinsOf(y, s, 100)),
  classification: (y, s) => stats.classificationMetrics(stats.confusionOf(y, s, 0.5)),
  regression: (y, s) => stats.regressionMetrics(stats.regressionProfileOf(y, s)),
  cbpeAuc: (_, s) => stats.estimatedRocAuc(s, s),
};

/** Paths of NaN anywhere in a result. */
const notNumbers = (value: unknown, path = "result"): string[] => {
  if (typeof value === "number") return Number.isNaN(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => notNumbers(item, `${path}.${key}`));
};

describe("missing or constant data gives null with a reason: never NaN, never an exception", () => {
  for (const [name, method] of Object.entries(twoSamples)) {
    it(name, () => {
      for (const x of Object.values(samples)) {
        for (const y of Object.values(samples)) {
          expect(notNumbers(method(x, y)), JSON.stringify([x, y])).toEqual([]);
          if (x.length === 0 || y.length === 0) expect(method(x, y)).toMatchObject({ status: "no_data" });
        }
      }
    });
  }

  for (const [name, method] of Object.entries(countVectors)) {
    it(name, () => {
      for (const [r, c] of [[[], []], [[0, 0], [0, 0]], [[5, 0], [0, 0]], [[0, 0], [1, 2]]] as [number[], number[]][]) expect(method(r, c)).toMatchObject({ status: "no_data" });
      for (const [r, c] of [[[5], [3]], [[5, 0], [0, 7]], [[1e6, 1], [1, 0]]] as [number[], number[]][]) expect(notNumbers(method(r, c)), JSON.stringify([r, c])).toEqual([]);
    });
  }

  for (const [name, method] of Object.entries(scored)) {
    it(name, () => {
      for (const [y, s] of [[[], []], [[1], [0.5]], [[0, 0], [0.2, 0.9]], [[1, 1], [1, 1]], [[0, 1], [0, 1]]] as [number[], number[]][]) {
        expect(notNumbers(method(y, s)), JSON.stringify([y, s])).toEqual([]);
      }
    });
  }

  it("moments, quantiles, intervals, thresholds", () => {
    expect(notNumbers(stats.summariseMoments(stats.momentsOf([])))).toEqual([]);
    expect(stats.summariseMoments(stats.momentsOf([7]))).toMatchObject({ mean: 7, variance: 0, varianceDdof1: null, skewness: null });
    expect(stats.quantiles([], [0.5])).toEqual([null]);
    expect(stats.quantileInterval([], 0.5, 0.95)).toMatchObject({ estimate: null, lower: null, upper: null, status: "no_data" });
    for (const interval of [stats.wilsonInterval, stats.wilsonContinuityInterval, stats.clopperPearsonInterval]) expect(interval(0, 0, 0.95)).toEqual({ lower: null, upper: null, status: "no_data" });
    expect(stats.standardDeviationThreshold([], 1, 1, "mean")).toEqual({ lower: null, upper: null, status: "no_data" });
    expect(stats.psiNoiseLine(10, 0, 5, 0.05)).toMatchObject({ alarmLine: null, status: "no_data" });
    expect(stats.twoProportionZ(0, 0, 1, 2)).toEqual({ z: null, p: null, status: "no_data" });
    expect(stats.nonInferiority({ events: 0, n: 0 }, { events: 0, n: 5 }, 0.01, 0.05)).toMatchObject({ upper: null, verdict: "undecided" });
    expect(stats.agreementOf([[0, 0], [0, 0]])).toMatchObject({ agreement: null, kappa: null, status: "no_data" });
    expect(stats.agreementOf([[9, 0], [0, 0]])).toMatchObject({ agreement: 1, kappa: null });
    expect(stats.srmChiSquare([0, 0], [1, 1])).toMatchObject({ p: null, alarm: false, status: "no_data" });
    expect(stats.cuped({ pre: [1, 1], post: [1, 2] }, { pre: [1, 1], post: [3, 4] })).toMatchObject({ theta: null, status: "constant" });
    expect(stats.fitPca([[1, 2]], 1)).toBeNull();
    expect(stats.categoryDrift(new Map(), new Map([["a", 1]]))).toMatchObject({ psi: null, newShare: 1, status: "no_data" });
    expect(stats.splitErrorChange({ n: [0], error: [0] }, { n: [1], error: [1] })).toMatchObject({ conceptPart: null, status: "no_data" });
  });

  it("a level outside of 0..1 is a mistake of the caller and says so", () => {
    expect(() => stats.wilsonInterval(1, 2, 1)).toThrow(/confidence must lie between 0 and 1/);
    expect(() => stats.agreementSequence(1, 2, 0)).toThrow(/alpha/);
    expect(() => stats.populationStabilityIndex([1, 2], [1])).toThrow(/same length/);
  });
});
