import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { invalid } from "./errors";
import { experimentNumbersOf } from "./service-experiments";
import { type DatasetSummary, listHistories, type RunPoint, sampleHistories, type StepRange, summarizeDatasets } from "./store-history";

const maxRuns = 100;
const maxSteps = 2_500;
const maxPoints = 25_000;
const maxExperiments = 20;
const maxSummaries = 1_000;
const hint = "See the API docs for more information about request parameters.";

/** Whole histories of one metric of up to 100 runs, 25,000 points in all. */
export const getHistories = (ctx: Context, runIds: readonly string[], key: string, limit: number | undefined): Promise<RunPoint[]> => {
  authorize(ctx, "run:read");
  if (runIds.length === 0) throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
  if (runIds.length > maxRuns) throw invalid(`GetMetricHistoryBulk request cannot specify more than ${maxRuns} run_ids. Received ${runIds.length} run_ids.`);
  if (key === "") throw invalid("GetMetricHistoryBulk request must specify a metric_key.");
  if (limit !== undefined && limit < 1) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`);
  return listHistories(ctx.deps.db, ctx.workspace.id, runIds, key, Math.min(limit ?? maxPoints, maxPoints));
};

export type SampledHistories = { runIds: readonly string[]; key: string; startStep: number | undefined; endStep: number | undefined; steps: number | undefined };

const rangeOf = (startStep: number | undefined, endStep: number | undefined): StepRange | undefined => {
  if (startStep === undefined && endStep === undefined) return undefined;
  if (startStep === undefined || endStep === undefined) throw invalid("If either start step or end step are specified, both must be specified.");
  if (startStep > endStep) throw invalid(`end_step must be greater than start_step. Found start_step=${startStep} and end_step=${endStep}.`);
  return { from: startStep, to: endStep };
};

/** One metric of up to 100 runs, thinned to a number of steps; the first and last step of each run are always there. */
export const getSampledHistories = (ctx: Context, { runIds, key, startStep, endStep, steps = maxSteps }: SampledHistories): Promise<RunPoint[]> => {
  authorize(ctx, "run:read");
  if (runIds.length > maxRuns) throw invalid(`GetMetricHistoryBulkInterval request must specify at most ${maxRuns} run_ids. Received ${runIds.length} run_ids. ${hint}`);
  if (steps < 1 || steps > maxSteps) throw invalid(`max_results must be between 1 and ${maxSteps}. ${hint}`);
  return sampleHistories(ctx.deps.db, ctx.workspace.id, runIds, key, { range: rangeOf(startStep, endStep), steps, perRun: maxPoints });
};

/** Datasets that runs of up to 20 experiments read. */
export const searchDatasets = (ctx: Context, experimentIds: readonly string[]): Promise<DatasetSummary[]> => {
  authorize(ctx, "run:read");
  if (experimentIds.length === 0) throw invalid("SearchDatasets request must specify at least one experiment_id.");
  if (experimentIds.length > maxExperiments) throw invalid(`SearchDatasets request cannot specify more than ${maxExperiments} experiment_ids. Received ${experimentIds.length} experiment_ids.`);
  return summarizeDatasets(ctx.deps.db, ctx.workspace.id, experimentNumbersOf(experimentIds), maxSummaries);
};
