"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Button, ButtonLink } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format";
import { formatDuration } from "@/components/ui/format-time";
import { Icon } from "@/components/ui/icon";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { SkeletonText } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/time";
import type { RunRowView, RunView } from "@/lib/tracking";
import { compareHref, experimentHref, fetchChildren, fetchRun, runHref, trackingKeys } from "../queries";
import { RunStatus } from "../run-status";
import { type ColumnSpec, defaultColumns, wireColumns } from "../runs/columns";
import { durationMs, formatMetric } from "../values";

/** The runs nested in this one, as a tree that opens level by level. */
export function ChildrenPanel({ workspace, run }: { workspace: string; run: RunView }) {
  const columns = useChildColumns(workspace, run);
  const filter = `tags.mlflow.parentRunId = '${run.runId}'`;
  return (
    <Panel aria-label="Nested runs">
      <PanelHeader title="Nested runs" note={formatCount(run.childCount, "run")}>
        <TextLink href={`${experimentHref(workspace, run.experiment)}?q=${encodeURIComponent(filter)}`}>Open as a table</TextLink>
      </PanelHeader>
      {columns === undefined ? <div className="p-3.5"><SkeletonText lines={3} /></div> : <Level workspace={workspace} experiment={run.experiment} parent={run.runId} stage={run.stage} columns={columns} depth={0} />}
    </Panel>
  );
}

type LevelProps = { workspace: string; experiment: number; parent: string; stage: "active" | "deleted"; columns: readonly ColumnSpec[]; depth: number };

/** What tells the nested runs apart: two params and two results of the newest one, since a parent often holds neither itself. */
const useChildColumns = (workspace: string, { runId, stage }: RunView): ColumnSpec[] | undefined => {
  const { data, error } = useQuery({
    queryKey: trackingKeys.children(workspace, runId, { stage, limit: 1 }),
    queryFn: async ({ signal }) => {
      const [newest] = (await fetchChildren(workspace, runId, { stage, limit: 1 }, signal)).items;
      if (newest === undefined) return [];
      const { metrics, params } = await fetchRun(workspace, newest.runId, signal);
      const found = defaultColumns({ metrics: metrics.map(({ key }) => key), params: params.map(({ key }) => key), tags: [] });
      return (["params", "metrics"] as const).flatMap((group) => found.filter((column) => column.group === group).slice(0, 2));
    },
    staleTime: 60_000,
  });
  // The names can be listed without these.
  return error === null ? data : [];
};

function Level({ workspace, experiment, parent, stage, columns, depth }: LevelProps) {
  const query = { stage, column: wireColumns(columns) };
  const list = useCursorList<RunRowView>({ queryKey: trackingKeys.children(workspace, parent, query), fetchPage: (cursor, signal) => fetchChildren(workspace, parent, { ...query, limit: 50, cursor }, signal), refetchIntervalMs: 15_000 });
  if (list.rows === undefined) return list.error ? <ErrorState compact error={list.error} what="nested runs" onRetry={list.onRetry} /> : <div className="p-3.5"><SkeletonText lines={3} /></div>;
  return (
    <>
      <ul>{list.rows.map((row) => <Child key={row.runId} {...{ workspace, experiment, parent, stage, columns, depth }} row={row} />)}</ul>
      {(list.hasMore || (depth === 0 && list.rows.length > 1)) && (
        <PanelFooter>
          {list.hasMore && <Button size="sm" onClick={list.onMore} pending={list.isFetchingMore} pendingLabel="Reading runs…">Show more</Button>}
          {depth === 0 && list.rows.length > 1 && <ButtonLink size="sm" href={compareHref(workspace, experiment, list.rows.slice(0, 50).map(({ runId }) => runId))}>Compare {Math.min(50, list.rows.length)}</ButtonLink>}
        </PanelFooter>
      )}
    </>
  );
}

function Child({ row, ...level }: LevelProps & { row: RunRowView }) {
  const [isOpen, setOpen] = useState(false);
  const { nowMs } = useNow();
  const took = durationMs(row, nowMs);
  return (
    <li className="border-b border-line last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 py-1.5 pr-3.5" style={{ paddingLeft: 14 + level.depth * 18 }}>
        {row.childCount > 0 ? (
          <button type="button" aria-expanded={isOpen} aria-label={`${isOpen ? "Hide" : "Show"} the ${row.childCount} runs nested in ${row.name}`} onClick={() => setOpen(!isOpen)} className="-mx-1 grid size-6 place-items-center rounded text-fg-3 hover:bg-surface-3"><Icon name={isOpen ? "down" : "right"} size={14} /></button>
        ) : null}
        <TextLink quiet href={runHref(level.workspace, level.experiment, row.runId)} className="min-w-0 flex-1 truncate">{row.name}</TextLink>
        {level.columns.map(({ id, group, key }) => {
          const value = group === "params" ? row.params[key] : row.metrics[key] === undefined ? undefined : formatMetric(row.metrics[key]);
          return value === undefined ? null : <span key={id} className="max-w-48 truncate text-sm text-fg-2" title={`${key} ${value}`}><code className="text-xs text-fg-3">{key}</code> {value}</span>;
        })}
        <RunStatus status={row.status} bare />
        <span className="w-14 text-right text-sm text-fg-3">{took === null ? "—" : formatDuration(took)}</span>
      </div>
      {isOpen && level.depth < 6 && <Level {...level} parent={row.runId} depth={level.depth + 1} />}
    </li>
  );
}
