import * as stats from "@/lib/stats";
import { type Method } from "./statistics-methods";
import { expandList, type VectorInput, snakeKeys } from "./vector-input";

const named = (name: string, measure: stats.Measure) => ({ [name]: measure.value, status: measure.status });

/** A method on two aligned count vectors. */
const counts =
  (name: string, f: (reference: number[], current: number[], variant: string) => stats.Measure): Method =>
  (input, variant) =>
    named(name, f(input.list("reference"), input.list("current"), variant));

const scored =
  (f: (labels: number[], scores: number[], input: VectorInput, variant: string) => Record<string, unknown>): Method =>
  (input, variant) =>
    f(...input.rows("y", "score"), input, variant);

const points = (input: VectorInput, values: string, weights: string): stats.WeightedPoints => ({ points: input.list(values), counts: input.list(weights) });

const summary = (moments: stats.Moments) => snakeKeys(stats.summariseMoments(moments));

/** Every method of monitoring.json as a call of lib/stats. */
export const monitoringMethods: Record<string, Method> = {
  psi: counts("psi", (r, c, variant) => stats.populationStabilityIndex(r, c, variant === "evidently" ? "evidently" : "add_half")),
  kl: counts("kl", (r, c, variant) => stats.kullbackLeibler(r, c, variant === "evidently" ? "evidently" : "add_half")),
  js_distance: counts("js_distance", (r, c, variant) => stats.jensenShannonDistance(r, c, variant === "base_e" ? "e" : 2)),
  js_divergence_bits: (i, variant) =>
    variant === "rebucket"
      ? named("js_divergence_bits", stats.jensenShannonBitsOfHistograms(i.record("reference_histogram") as stats.Histogram, i.record("current_histogram") as stats.Histogram))
      : named("js_divergence_bits", stats.jensenShannonBits(i.list("reference"), i.list("current"))),
  hellinger: counts("hellinger", (r, c) => stats.hellingerDistance(r, c)),
  tvd: counts("tvd", (r, c) => stats.totalVariation(r, c)),
  linf: counts("linf", (r, c) => stats.largestShareChange(r, c)),
  chi2_gof: (i) => stats.chiSquareGoodnessOfFit(i.list("reference"), i.list("current")),
  g_test: (i) => stats.gTest(i.list("reference"), i.list("current")),
  labelled_categories: (i) => snakeKeys(stats.categoryDrift(i.table("reference"), i.table("current"))),
  chi2_homogeneity: (i, variant) => {
    const reference = i.list("reference");
    const current = i.list("current");
    if (variant !== "two_by_two") return stats.chiSquareHomogeneity(reference, current);
    return snakeKeys(stats.twoByTwoTests([reference[0] ?? 0, reference[1] ?? 0], [current[0] ?? 0, current[1] ?? 0]));
  },
  tvd_permutation: (i) => stats.totalVariationPermutation(i.list("reference"), i.list("current")),
  ks_two_sample: (i, variant) => snakeKeys(stats.ksTwoSample(i.list("x"), i.list("y"), variant as stats.KsMethod)),
  wasserstein: (i, variant) => {
    if (variant === "samples") return snakeKeys(stats.wassersteinOfSamples(i.list("reference"), i.list("current")));
    const pair = i.has("points")
      ? ([points(i, "points", "reference_counts"), points(i, "points", "current_counts")] as const)
      : ([points(i, "x", "x_counts"), points(i, "y", "y_counts")] as const);
    return named("w", stats.wassersteinDistance(...pair));
  },
  energy_distance: (i) => named("energy_distance", stats.energyDistance(i.list("x"), i.list("y"))),
  anderson_darling: (i) => stats.andersonDarlingTwoSample(i.list("x"), i.list("y")),
  epps_singleton: (i) => stats.eppsSingleton(i.list("x"), i.list("y")),
  quantile: (i) => ({ quantiles: stats.quantiles(i.list("values"), i.list("q")) }),
  quantile_bins: (i) => snakeKeys(stats.quantileBinDrift(i.list("reference"), i.list("current"), i.number("bins"))),
  quantile_bin_drift: (i, variant) => snakeKeys(stats.quantileBinDrift(i.list("reference"), i.list("current"), i.number("bins"), { outOfRangeBin: variant === "out_of_range_bin" })),
  evidently_numeric: (i) => snakeKeys(stats.evidentlyNumericDrift(i.list("reference"), i.list("current"))),
  nannyml_numeric: (i) => snakeKeys(stats.nannymlNumericDrift(i.list("reference"), i.list("current"))),
  psi_noise_line: (i) => snakeKeys(stats.psiNoiseLine(i.number("bins"), i.number("reference_rows"), i.number("current_rows"), i.number("alpha"))),
  std_threshold: (i) =>
    stats.standardDeviationThreshold(i.list("values"), i.nullableNumber("lower_multiplier"), i.nullableNumber("upper_multiplier"), i.text("offset") as "mean" | "median" | "min"),
  isotonic: (i) => ({ fitted: stats.isotonicFit(i.list("y")) }),
  concept_split: (i) =>
    snakeKeys(stats.splitErrorChange({ n: i.list("reference_n"), error: i.list("reference_error") }, { n: i.list("current_n"), error: i.list("current_error") })),
  classification: (i, variant) => {
    if (variant === "from_counts") return stats.classificationMetrics(i.record("confusion") as stats.Confusion);
    return stats.classificationMetrics(stats.confusionOf(...i.rows("y", "score"), i.number("threshold")));
  },
  roc_auc: (i, variant) => {
    if (variant !== "score_bins") return named("auc", stats.rocAuc(...i.rows("y", "score")));
    const bins = i.has("positives_by_bin")
      ? { positives: i.list("positives_by_bin"), negatives: i.list("negatives_by_bin") }
      : stats.scoreBinsOf(...i.rows("y", "score"), i.number("bins"));
    return snakeKeys(stats.rocAucOfBins(bins));
  },
  average_precision: scored((y, s) => named("average_precision", stats.averagePrecision(y, s))),
  brier: scored((y, s) => named("brier", stats.brierScore(y, s))),
  log_loss: scored((y, s) => named("log_loss", stats.logLoss(y, s))),
  ece: scored((y, s, i, variant) => named("ece", stats.expectedCalibrationError(y, s, i.number("bins"), variant === "equal_count" ? "equal_count" : "equal_width"))),
  auc_standard_error: scored((y, s) => snakeKeys(stats.aucStandardError(y, s))),
  cbpe: (i, variant) => {
    if (variant === "auc") return named("auc", stats.estimatedRocAuc(...i.rows("calibrated", "score")));
    if (i.has("predicted")) return stats.classificationMetrics(stats.estimatedConfusion(...i.rows("calibrated", "predicted")));
    const [calibrated, score] = i.rows("calibrated", "score");
    return stats.classificationMetrics(stats.estimatedConfusion(calibrated, score.map((value) => Number(value >= i.number("threshold")))));
  },
  business_value: (i) => {
    const [[tn = 0, fp = 0] = [], [fn = 0, tp = 0] = []] = i.matrix("value_matrix");
    return { value: stats.businessValue([[tn, fp], [fn, tp]], i.record("confusion") as stats.Confusion) };
  },
  regression: (i) => snakeKeys(stats.regressionMetrics(stats.regressionProfileOf(...i.rows("target", "prediction")))),
  moments: (i) => summary(stats.momentsOf(i.list("values"))),
  moments_merge: (i, variant) => {
    if (variant === "from_summaries") return stats.mergeMeanAndM2(i.records("summaries") as { n: number; mean: number; m2: number }[]);
    const parts = (i.raw("parts") as unknown[]).map((part) => expandList(part).filter((value): value is number => value !== null));
    return summary(parts.map((part) => stats.momentsOf(part)).reduce(stats.mergeMoments, stats.emptyMoments()));
  },
  pca_reconstruction: (i) => {
    const model = stats.fitPca(i.matrix("reference"), i.number("components"));
    if (!model) return { mean_error: null, std_error_ddof1: null, variance_ratios: null };
    const errors = stats.summariseMoments(stats.momentsOf(stats.reconstructionErrors(model, i.matrix(i.has("chunk") ? "chunk" : "reference"))));
    return { mean_error: errors.mean, std_error_ddof1: errors.varianceDdof1 === null ? null : Math.sqrt(errors.varianceDdof1), variance_ratios: model.varianceRatios };
  },
  ddm: (i) => {
    const options = { warmStart: i.number("warm_start"), warning: i.number("warning"), drift: i.number("drift") };
    const state = i.list("errors").reduce((before, error) => stats.foldDdm(before, error, options), stats.startDdm());
    return { first_warning_index: state.warningAt, drift_index: state.driftAt, p: state.p, p_min: state.pMin, s_min: state.sMin };
  },
  page_hinkley: (i) => {
    const options = { minInstances: i.number("min_instances"), delta: i.number("delta"), threshold: i.number("threshold"), alpha: i.number("alpha") };
    const state = i.list("values").reduce((before, value) => stats.foldPageHinkley(before, value, options), stats.startPageHinkley());
    return { drift_index: state.driftAt, sum: state.sum, mean: state.mean };
  },
  lcg: (i) => {
    const next = stats.createLcg(i.number("seed"));
    return { values: Array.from({ length: i.number("n") }, next) };
  },
};
