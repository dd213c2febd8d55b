export * from "./operations";
export type { ArtifactEntry, Count, DatasetView, ExperimentView, KeyValueView, LoggedModelView, MetricValue, RegisterRun, RunKeys, RunRowView, RunStatusWord, RunUpdate, RunVersion, RunView } from "./schema";
export { maxColumns } from "./schema";
export { runStatusView, runStatuses } from "./view";
