export * from "./operations";
export type { ArtifactEntry, Count, DatasetView, ExperimentView, KeyValueView, LoggedModelView, MetricValue, RegisterRun, RunKeys, RunRowView, RunStatusWord, RunUpdate, RunVersion, RunView } from "./schema";
export { maxColumns, maxNoteLength } from "./schema";
export { runStatusView, runStatuses } from "./view";
export * from "./operations-compare";
export * from "./operations-series";
export type { ComparedRun, Comparison, RunImages, SavedView } from "./schema-compare";
export { maxComparedRuns, type MetricNamesView, type MetricSeriesView, type RunSeries, seriesAxes, type SeriesAxis } from "./schema-series";
export { smooth } from "./curves";
