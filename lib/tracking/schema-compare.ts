import { z } from "zod";

import { wireTime } from "@/lib/http/operation";

import { metricValueSchema, runInfo } from "./schema";

const keyValue = z.object({ key: z.string(), value: z.string() });

/** A run as it stands beside others: everything that can differ. */
export const comparedRunSchema = z.object({
  ...runInfo,
  metrics: z.array(z.object({ key: z.string(), value: metricValueSchema })),
  params: z.array(keyValue),
  tags: z.array(keyValue),
  datasets: z.array(z.object({ name: z.string(), digest: z.string(), context: z.string().nullable() })),
  models: z.number().int().meta({ description: "Models that the run made." }),
  versions: z.array(z.object({ model: z.string(), number: z.number().int() })),
});
export type ComparedRun = z.infer<typeof comparedRunSchema>;

export const comparisonSchema = z.object({
  experiment: z.object({ number: z.number().int(), name: z.string() }),
  activeRuns: z.number().int().meta({ description: "Runs of the experiment that are not deleted." }),
  runs: z.array(comparedRunSchema).meta({ description: "In the order asked for." }),
  missing: z.array(z.string()).meta({ description: "Asked for, and not in this workspace." }),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const runImagesSchema = z.object({
  items: z.array(z.object({
    runId: z.string(),
    path: z.string().meta({ description: "Below the run's artifacts." }),
    key: z.string().meta({ description: "What is compared: the path, or the key given to mlflow.log_image." }),
    step: z.number().int().nullable(),
    at: wireTime.nullable(),
    size: z.number(),
  })),
  isCut: z.boolean().meta({ description: "A run has more images than are listed." }),
});
export type RunImages = z.infer<typeof runImagesSchema>;

export const savedViewPages = ["compare", "runs"] as const;
export const savedViewSchema = z.object({ id: z.string(), page: z.enum(savedViewPages), name: z.string(), query: z.string(), createdAt: wireTime });
export type SavedView = z.infer<typeof savedViewSchema>;
export const newSavedViewSchema = z.object({
  page: z.enum(savedViewPages),
  name: z.string().trim().min(1, "must not be empty").max(100),
  query: z.string().max(6_000).meta({ description: "Address after the page: the experiment's number, a question mark, the parameters." }),
});
