import { z } from "zod";

export const seriesAxes = ["step", "time", "relative"] as const;
export type SeriesAxis = (typeof seriesAxes)[number];

/** Most runs whose curves or results stand beside each other. */
export const maxComparedRuns = 50;

const runIdPattern = /^[0-9a-f]{32}$/;

/** Run ids as one parameter, `a,b,c`; doubles count once. */
export const RunIdList = z
  .string()
  .max(maxComparedRuns * 33)
  .transform((text) => [...new Set(text.split(",").filter(Boolean))])
  .pipe(z.array(z.string().regex(runIdPattern, "must be run ids: 32 lower-case hexadecimal digits, joined by commas")).min(1).max(maxComparedRuns));

const position = z.coerce.number().refine(Number.isFinite);

export const SeriesQuery = z.object({
  runs: RunIdList,
  metric: z.string().min(1).max(250),
  axis: z.enum(seriesAxes).default("step"),
  buckets: z.coerce.number().int().min(10).max(1_000).default(300).meta({ description: "Width of the drawing in buckets; a pixel or two each." }),
  from: position.optional().meta({ description: "Steps, epoch milliseconds, or milliseconds since the run's start." }),
  to: position.optional(),
  gridFrom: position.optional().meta({ description: "With gridWidth: the grid of an earlier answer, so that new points can be added to it." }),
  gridWidth: position.pipe(z.number().positive()).optional(),
});
export type SeriesQuery = z.output<typeof SeriesQuery>;

const numbers = z.array(z.number());
const counts = z.array(z.number().int());

/** One run's curve. Arrays of one object have the same length. */
const RunSeries = z.object({
  runId: z.string(),
  isLive: z.boolean().meta({ description: "The run is still running." }),
  count: z.number().int().meta({ description: "Points logged in the range, those that are no number included." }),
  isExact: z.boolean().meta({ description: "Every point is here; otherwise `points` holds first, least, greatest and last of each bucket." }),
  points: z.object({ x: numbers, y: numbers }),
  buckets: z
    .object({ index: counts, n: counts, x: numbers, mean: numbers, min: numbers, max: numbers })
    .nullable()
    .meta({ description: "Of curves that are not exact: bucket number, finite points, place of the last one, and their mean, least and greatest value." }),
  gaps: z.object({ x: numbers, kind: z.array(z.enum(["nan", "inf", "-inf"])), n: counts }).meta({ description: "Logged values that are no number, by bucket." }),
});

export const MetricSeriesView = z.object({
  metric: z.string(),
  axis: z.enum(seriesAxes),
  domain: z.object({ from: z.number(), to: z.number() }).nullable().meta({ description: "Of every point of these runs; null when there is none." }),
  grid: z.object({ from: z.number(), width: z.number() }),
  series: z.array(RunSeries),
});

export type RunSeries = z.infer<typeof RunSeries>;
export type MetricSeriesView = z.infer<typeof MetricSeriesView>;

export const MetricNamesView = z.object({
  items: z.array(z.object({ key: z.string(), runs: z.number().int().meta({ description: "How many of the runs logged it." }) })),
});
export type MetricNamesView = z.infer<typeof MetricNamesView>;
