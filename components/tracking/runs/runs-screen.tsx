"use client";

import { useCallback, useMemo, useState } from "react";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { PageHeader } from "@/components/patterns/page-header";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { formatCount, formatNumber } from "@/components/ui/format";
import { Menu } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { SegmentedControl } from "@/components/ui/segmented";
import { useShortcut } from "@/components/ui/shortcuts";
import { messageOf } from "@/lib/core/errors";
import { type Count, type ExperimentView, type RunKeys, type RunRowView, runStatuses, runStatusView } from "@/lib/tracking";
import { ExperimentActions } from "../experiment-actions";
import { trackingExample } from "../mlflow-example";
import { experimentsHref, type TrackingRights } from "../queries";
import { formatMetric, isHigherBetter } from "../values";
import { differs, numericParams, wireColumns } from "./columns";
import { ColumnsDialog } from "./columns-dialog";
import { FilterField } from "./filter-field";
import { filterReason } from "./filter-text";
import { linesOf } from "./lines";
import { RunsTable } from "./runs-table";
import { SelectionBar } from "./selection-bar";
import { useChildren, useLiveRuns, useRunCount, useRunKeys, useRuns, type InitialRuns } from "./use-runs";
import { useRememberedColumns } from "./use-remembered-columns";
import { type RunsUrl, useRunsUrl } from "./use-runs-url";
import { useSelection } from "./use-selection";

export type RunsScreenProps = { workspace: string; experiment: ExperimentView; keys: RunKeys; initial: InitialRuns | undefined; rights: TrackingRights; mlflowUrl: string };

/** The runs of an experiment: filter, sort, choose columns, compare. */
export function RunsScreen({ workspace, experiment, keys: givenKeys, initial, rights, mlflowUrl }: RunsScreenProps) {
  const { number } = experiment;
  const keys = useRunKeys(workspace, number, givenKeys);
  const url = useRunsUrl(keys);
  const chooseColumns = useRememberedColumns(workspace, number, url);
  const target = { workspace, number, query: url.query, initial };
  const runs = useRuns(target);
  const count = useRunCount(target);
  const [shown, setShown] = useState<readonly [number, number]>([0, 40]);
  const [expanded, setExpanded] = useState<readonly string[]>([]);
  const [isChoosing, setChoosing] = useState(false);
  const wire = wireColumns(url.columns);
  const stage = url.state.stage ?? "active";
  const children = useChildren(workspace, expanded, stage, wire);
  const known = useMemo(() => runs.rows && linesOf(runs.rows, children), [runs.rows, children]);
  const inWindow = (known ?? []).slice(shown[0], shown[1] + 1).flatMap((line) => (line.kind === "run" ? [line.row] : []));
  const live = useLiveRuns(workspace, number, inWindow, wire);
  const lines = useMemo(() => known?.map((line) => (line.kind === "run" ? { ...line, row: fresh(line.row, live) } : line)), [known, live]);
  const rows = useMemo(() => (lines ?? []).flatMap((line) => (line.kind === "run" ? [line.row] : [])), [lines]);
  const { selected, toggle, clear } = useSelection(useMemo(() => rows.map(({ runId }) => runId), [rows]));
  const columns = useMemo(() => {
    const shownColumns = url.state.differ ? url.columns.filter((column) => differs(column, rows)) : url.columns;
    const numeric = numericParams(shownColumns, rows);
    return shownColumns.map((column) => (column.group === "params" && numeric.has(column.key) ? { ...column, isNumber: true } : column));
  }, [url.columns, url.state.differ, rows]);
  const onShown = useCallback((first: number, last: number) => setShown((now) => (now[0] === first && now[1] === last ? now : [first, last])), []);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = runs;
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const onExpand = useCallback((runId: string) => setExpanded((now) => (now.includes(runId) ? now.filter((id) => id !== runId) : [...now, runId])), []);
  useShortcut("x", () => {
    const runId = document.activeElement?.getAttribute("data-row-link");
    if (runId) toggle(runId, false);
  }, "Select the run", "Lists");

  const reason = filterReason(runs.error);
  const isFiltered = Boolean(url.state.q) || Boolean(url.state.status);
  return (
    <Page crumbs={[{ label: "Experiments", href: experimentsHref(workspace) }, { label: experiment.name }]}>
      <PageHeader
        title={<>{experiment.name} <span className="font-normal text-fg-2">{titleCount(count.data, isFiltered)}</span></>}
        lead={leadOf(url, rows) ?? undefined}
        actions={<ExperimentActions workspace={workspace} experiment={experiment} rights={rights} />}
      />
      {experiment.stage === "deleted" && <Notice tone="wait" className="mb-3.5" title="This experiment is deleted.">Its runs are deleted with it and nobody can log to it. Restore it to go on.</Notice>}
      <div role="search" className="mb-2.5 flex flex-wrap items-start gap-1.5">
        <FilterField value={url.state.q ?? ""} onApply={url.setFilter} keys={keys} reason={reason} />
        <StatusMenu url={url} />
        <SegmentedControl label="Runs" value={stage} onChange={(next) => { clear(); url.setStage(next); }} segments={[{ value: "active", label: "Active" }, { value: "deleted", label: "Deleted" }]} />
        <Menu
          trigger={<Button icon="sliders" className="h-7!">View</Button>}
          items={[
            { label: "Nested runs under their parents", checked: url.isNested, onSelect: () => url.setNested(!url.isNested) },
            { label: "Only columns that differ", checked: url.state.differ === true, onSelect: () => url.setDiffer(url.state.differ !== true) },
          ]}
        />
        <Button icon="columns" className="h-7!" onClick={() => setChoosing(true)}>Columns {columns.length} of {keys.metrics.length + keys.params.length + keys.tags.length + 6}</Button>
      </div>
      {runs.error !== null && reason === undefined && runs.rows !== undefined && <Notice tone="warn" className="mb-2" title="Not refreshed." actions={<Button size="sm" onClick={() => void runs.refetch()}>Retry</Button>}>{messageOf(runs.error)}</Notice>}
      {runs.rows === undefined && runs.error !== null ? (
        <Panel>{reason === undefined ? <ErrorState error={runs.error} what="runs" onRetry={() => void runs.refetch()} /> : <EmptyState kind="filtered" icon="octa" title="The filter can't be read" action={<Button size="sm" onClick={url.clear}>Clear filters</Button>}>Correct it above: the wrong place is marked under it.</EmptyState>}</Panel>
      ) : runs.rows?.length === 0 ? (
        <Panel><NoRuns workspace={workspace} experiment={experiment} url={url} isFiltered={isFiltered} mlflowUrl={mlflowUrl} /></Panel>
      ) : (
        <RunsTable
          label={`Runs of ${experiment.name}`}
          lines={lines}
          isStale={runs.isPlaceholderData || reason !== undefined}
          sort={url.sort}
          isAscending={url.isAscending}
          onSort={url.cycleSort}
          hasMore={runs.hasNextPage}
          onMore={onMore}
          onShown={onShown}
          workspace={workspace}
          number={number}
          columns={columns}
          selected={selected}
          onSelect={toggle}
          onExpand={onExpand}
        />
      )}
      {runs.rows !== undefined && runs.rows.length > 0 && (
        <p className="mt-1.5 text-sm text-fg-3" aria-live="polite">
          {runs.isFetchingNextPage ? "Reading more runs…" : runs.hasNextPage ? `The first ${formatNumber(runs.rows.length, 0)}; scroll for more, or narrow them with the filter.` : `${runs.rows.length === 1 ? "" : "All "}${formatCount(runs.rows.length, url.isNested ? "top-level run" : "run")} shown.`}
        </p>
      )}
      <ColumnsDialog open={isChoosing} onOpenChange={setChoosing} keys={keys} columns={url.columns} onChange={chooseColumns} />
      {selected.length > 0 && <SelectionBar workspace={workspace} number={number} runIds={selected} nameOf={(id) => rows.find(({ runId }) => runId === id)?.name ?? id.slice(0, 8)} isDeleted={stage === "deleted"} rights={rights} onClear={clear} />}
    </Page>
  );
}

const fresh = (row: RunRowView, live: ReadonlyMap<string, RunRowView>): RunRowView => (row.status === "RUNNING" ? (live.get(row.runId) ?? row) : row);

const titleCount = (count: Count | undefined, isFiltered: boolean): string => {
  if (count === undefined) return "";
  const { count: total, isExact } = count;
  const words = `${isExact ? "" : "more than "}${formatCount(total, "run")}`;
  return isFiltered ? `${words} ${total === 1 && isExact ? "matches" : "match"}` : words;
};

/** Who leads by the metric that the table is sorted by. */
const leadOf = ({ sort, isAscending }: RunsUrl, rows: readonly RunRowView[]): string | undefined => {
  const [, key] = /^metrics\.`?(.+?)`?$/.exec(sort ?? "") ?? [];
  const [first] = rows;
  const value = key === undefined ? undefined : first?.metrics[key];
  if (key === undefined || first === undefined || value === undefined) return undefined;
  return isAscending === !isHigherBetter(key) ? `${first.name} leads: ${key} ${formatMetric(value)}.` : `${first.name} has the ${isAscending ? "lowest" : "highest"} ${key}: ${formatMetric(value)}.`;
};

function StatusMenu({ url }: { url: RunsUrl }) {
  const chosen = (url.state.status ?? "").split(",").filter(Boolean);
  const toggle = (status: string) => url.setStatus((chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status]).join(",") || undefined);
  const words = runStatuses.filter((status) => chosen.includes(status)).map((status) => runStatusView(status).word.toLowerCase());
  return <Menu align="start" trigger={<Button icon="filter" className="h-7!">State: {words.length === 0 ? "all" : words.join(", ")}</Button>} items={runStatuses.map((status) => ({ label: runStatusView(status).word, checked: chosen.includes(status), onSelect: () => toggle(status) }))} />;
}

function NoRuns({ workspace, experiment, url, isFiltered, mlflowUrl }: { workspace: string; experiment: ExperimentView; url: RunsUrl; isFiltered: boolean; mlflowUrl: string }) {
  if (isFiltered) return <EmptyState kind="filtered" title="No runs match these filters" action={<Button size="sm" onClick={url.clear}>Clear filters</Button>}>{[url.state.q, url.state.status?.toLowerCase().replaceAll(",", ", ")].filter(Boolean).join(" · ")}</EmptyState>;
  if (url.state.stage === "deleted") return <EmptyState kind="never" icon="trash" title="No run of this experiment is deleted." />;
  if (experiment.stage === "deleted") return <EmptyState kind="never" icon="trash" title="The runs are deleted with their experiment: see Deleted." />;
  return <EmptyState kind="never" icon="flask" title="No run yet. Point the MLflow client here and log the first one." code={{ code: trackingExample(mlflowUrl, workspace, experiment.name), label: "snippet for the MLflow client" }}>The token comes from <a className="font-medium text-accent hover:underline" href={`/w/${workspace}/settings/tokens`}>Settings, Tokens</a>.</EmptyState>;
}
