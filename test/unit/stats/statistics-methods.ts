import * as stats from "@/lib/stats";
import { type VectorInput, snakeKeys } from "./vector-input";

export type Method = (input: VectorInput, variant: string) => Record<string, unknown>;

const special: Record<string, (...values: number[]) => number> = {
  normal_cdf: (x = 0) => stats.normalCdf(x),
  normal_quantile: (p = 0) => stats.normalQuantile(p),
  chi2_sf: (x = 0, df = 0) => stats.chiSquareSf(x, df),
  kolmogorov_sf: (t = 0) => stats.kolmogorovSf(t),
  kstwo_sf: (d = 0, n = 0) => stats.kolmogorovFiniteSf(d, n),
  student_t_sf_two_sided: (t = 0, df = 0) => stats.studentTwoSidedP(t, df),
};

const arm = (input: VectorInput, name: string): stats.Arm => {
  const record = input.record(name);
  const n = Number(record["n"]);
  if ("successes" in record) return { n, successes: Number(record["successes"]) };
  return { n, sum: Number(record["sum"]), sumSquares: Number(record["sum_squares"]) };
};

const cupedArm = (input: VectorInput, name: string): stats.CupedArm => {
  const { pre, post } = input.record(name) as { pre: number[]; post: number[] };
  return { pre, post };
};

const betaE = (logE: number) => ({ e: Math.exp(logE), log_e: logE });

const sampleSizes: Record<string, (input: VectorInput) => stats.SampleSize> = {
  two_sided: (i) => stats.sampleSizeTwoSided(i.number("p1"), i.number("p2"), i.number("alpha"), i.number("power")),
  non_inferiority: (i) => stats.sampleSizeNonInferiority(i.number("base_rate"), i.number("margin"), i.number("alpha"), i.number("power")),
  zero_events: (i) => stats.sampleSizeZeroEvents(i.number("rate_below"), i.number("confidence")),
  precision: (i) => stats.sampleSizePrecision(i.number("p"), i.number("half_width"), i.number("confidence")),
};

/** Every method of statistics.json as a call of lib/stats. */
export const statisticsMethods: Record<string, Method> = {
  special_function: (input) => ({ value: special[input.text("function")]?.(...input.list("arguments")) }),
  two_proportion_z: (i) => stats.twoProportionZ(i.number("x1"), i.number("n1"), i.number("x2"), i.number("n2")),
  wilson: (i, variant) => (variant === "score" ? stats.wilsonInterval : stats.wilsonContinuityInterval)(i.number("successes"), i.number("n"), i.number("confidence")),
  clopper_pearson: (i) => stats.clopperPearsonInterval(i.number("successes"), i.number("n"), i.number("confidence")),
  benjamini_hochberg: (i) => {
    const adjusted = stats.benjaminiHochberg(i.list("p"));
    return { adjusted, rejected: adjusted.map((p) => p <= i.number("q")) };
  },
  benjamini_yekutieli: (i) => ({ adjusted: stats.benjaminiYekutieli(i.list("p")) }),
  fisher_exact: (i) => {
    const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = i.matrix("table");
    return { p: stats.fisherExact([[a, b], [c, d]]) };
  },
  welch: (i, variant) => {
    if (variant === "samples") return stats.welchTestOfSamples(i.list("x"), i.list("y"));
    return stats.welchTest(arm(i, "control"), arm(i, "treatment"), variant === "absolute" ? "absolute" : "relative", i.number("alpha"));
  },
  student_t: (i) => stats.studentTestOfSamples(i.list("x"), i.list("y")),
  confidence_sequence: (i, variant) => {
    if (variant === "rho_two_sided") return { rho: stats.sequenceRho(i.number("alpha"), i.number("tuning")) };
    if (variant === "rho_one_sided") return { rho: stats.oneSidedSequenceRho(i.number("alpha"), i.number("tuning")) };
    const sequence = variant === "two_sided" ? stats.twoSidedSequence : stats.oneSidedSequence;
    return snakeKeys(sequence(arm(i, "control"), arm(i, "treatment"), i.text("effect") === "relative" ? "relative" : "absolute", i.number("alpha"), i.number("tuning")));
  },
  msprt: (i, variant) => {
    const design = { variance: i.number("variance"), tau2: i.number("tau2"), theta0: i.number("theta0") };
    if (variant === "running") return { p: stats.runningMixtureSprt(i.records("steps") as { n: number; difference: number }[], design) };
    return snakeKeys(stats.mixtureSprt({ ...design, difference: i.number("difference"), n: i.number("n") }));
  },
  beta_binomial_e: (i, variant) => {
    const prior = { a: i.number("a"), b: i.number("b") };
    if (variant === "two_sided") return betaE(stats.logBetaBinomialE(i.number("successes"), i.number("n"), i.number("p0"), prior));
    return betaE(stats.logOneSidedBetaBinomialE(i.number("successes"), i.number("n"), i.number("p0"), i.text("harmful") === "above" ? "above" : "below", prior));
  },
  srm_chi2: (i) => stats.srmChiSquare(i.list("observed"), i.list("expected_weights")),
  sequential_srm: (i) => {
    let state = stats.startSequentialSrm(i.list("expected_weights"), i.number("concentration"));
    return { p: i.matrix("batches").map((batch) => (state = stats.foldSequentialSrm(state, batch)).p) };
  },
  group_sequential: (i, variant) => ({ bounds: stats.groupSequentialBounds(i.list("information"), i.number("alpha"), variant as stats.Spending) }),
  cuped: (i) => stats.cuped(cupedArm(i, "a"), cupedArm(i, "b")),
  quantile_ci: (i, variant) => {
    if (variant === "values") return snakeKeys(stats.quantileInterval(i.list("values"), i.number("quantile"), i.number("confidence")));
    return snakeKeys(stats.quantileRanks(i.number("n"), i.number("quantile"), i.number("confidence")));
  },
  non_inferiority: (i) =>
    stats.nonInferiority(
      { events: i.number("control_events"), n: i.number("control_n") },
      { events: i.number("treatment_events"), n: i.number("treatment_n") },
      i.number("margin"),
      i.number("alpha"),
    ),
  sample_size: (i, variant) => {
    const size = sampleSizes[variant]?.(i);
    return { n_real: size?.real, n_per_arm: size?.rows, n: size?.rows };
  },
  mcnemar: (i) => snakeKeys(stats.mcnemarTest(i.number("b"), i.number("c"))),
  mann_whitney: (i, variant) => snakeKeys(stats.mannWhitney(i.list("x"), i.list("y"), variant === "exact" ? "exact" : "asymptotic")),
  cohen_d: (i) => ({ d: stats.cohenD(i.list("x"), i.list("y")).value }),
  agreement: (i) => stats.agreementOf(i.matrix("matrix")),
};
