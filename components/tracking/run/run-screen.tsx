"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { PageHeader } from "@/components/patterns/page-header";
import { pollMs, pollWhile } from "@/components/patterns/polling";
import { versionHref } from "@/components/registry/queries";
import { RunMetricsPanel } from "@/components/tracking/metrics/run-metrics-panel";
import { Page } from "@/components/shell/page";
import { Digest } from "@/components/ui/digest";
import { formatDuration } from "@/components/ui/format-time";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Tabs } from "@/components/ui/tabs";
import { Time, useNow } from "@/components/ui/time";
import { Tag } from "@/components/ui/tag";
import type { RunView } from "@/lib/tracking";
import { experimentHref, experimentsHref, fetchRun, runHref, trackingKeys, type TrackingRights } from "../queries";
import { RunStatus } from "../run-status";
import { durationMs } from "../values";
import { ArtifactsPanel } from "./artifacts-panel";
import { ModelsPanel } from "./models-panel";
import { RunActions } from "./run-actions";
import { RunName } from "./run-name";
import { RunOverview } from "./run-overview";
import { sourceOf } from "./source";

export type RunScreenProps = { workspace: string; run: RunView; rights: TrackingRights; mlflowUrl: string };

/** Everything about one run; it reads on while the run is under way. */
export function RunScreen({ workspace, run: given, rights, mlflowUrl }: RunScreenProps) {
  const isLive = (run: RunView | undefined): boolean => run?.status === "RUNNING" && run.stage === "active";
  const { data: run } = useQuery({
    queryKey: trackingKeys.run(workspace, given.runId),
    queryFn: ({ signal }) => fetchRun(workspace, given.runId, signal),
    initialData: given,
    ...pollWhile(true, pollMs.page),
    refetchInterval: ({ state }) => (isLive(state.data) ? pollMs.inFlight : pollMs.page),
  });
  const { nowMs } = useNow();
  const tab = useSearchParams().get("tab") ?? "overview";
  return (
    <Page crumbs={[{ label: "Experiments", href: experimentsHref(workspace) }, { label: run.experimentName, href: experimentHref(workspace, run.experiment) }, { label: run.name }]}>
      <PageHeader
        title={<RunName workspace={workspace} run={run} canWrite={rights.write === undefined && run.stage === "active"} />}
        status={<><RunStatus status={run.status} />{run.stage === "deleted" && <Tag>deleted</Tag>}{run.versions.slice(0, 3).map(({ model, number }) => <TextLink key={`${model} ${number}`} quiet href={versionHref(workspace, model, number)} className="text-sm!"><Tag>{model} v{number}</Tag></TextLink>)}</>}
        meta={metaOf(workspace, run, durationMs(run, nowMs))}
        actions={<RunActions workspace={workspace} run={run} rights={rights} mlflowUrl={mlflowUrl} />}
      />
      {run.stage === "deleted" && <Notice tone="wait" className="mb-3.5" title="This run is deleted.">{run.experimentStage === "deleted" ? "It was deleted with its experiment: restore that." : "Clients can't write to it. Restore it to go on."}</Notice>}
      <Tabs
        label={run.name}
        items={[
          { label: "Overview", value: "overview" },
          { label: "Metrics", value: "metrics", ...(run.metrics.length > 0 ? { count: run.metrics.length } : {}) },
          { label: "Artifacts", value: "artifacts" },
          { label: "Logged models", value: "models", ...(run.models.length > 0 ? { count: run.models.length } : {}) },
        ]}
      />
      <div className="mt-3.5">
        {tab === "metrics" ? <RunMetricsPanel workspace={workspace} runs={[{ runId: run.runId, name: run.name }]} live={isLive(run)} />
        : tab === "artifacts" ? <ArtifactsPanel workspace={workspace} run={run} />
        : tab === "models" ? <ModelsPanel workspace={workspace} run={run} rights={rights} />
        : <RunOverview workspace={workspace} run={run} rights={rights} />}
      </div>
    </Page>
  );
}

const metaOf = (workspace: string, run: RunView, tookMs: number | null): KeyValue[] => {
  const source = sourceOf(run.tags);
  return [
    ...(run.startedAt === null ? [] : [{ label: "Started", value: <><Time value={run.startedAt} /> by {run.userName}</> }]),
    ...(tookMs === null ? [] : [{ label: run.status === "RUNNING" ? "Running for" : "Took", value: formatDuration(tookMs) }]),
    { label: "Run", value: <Digest value={run.runId} label="run id" /> },
    ...(source.name === undefined ? [] : [{ label: "Source", value: source.name }]),
    ...(source.commit === undefined ? [] : [{ label: "Commit", value: source.commitHref === undefined ? <Digest value={source.commit} label="commit" keep={6} /> : <TextLink quiet external href={source.commitHref}><code>{source.commit.slice(0, 8)}</code></TextLink> }]),
    ...(run.parent === null ? [] : [{ label: "Nested in", value: <TextLink quiet href={runHref(workspace, run.experiment, run.parent.runId)}>{run.parent.name}</TextLink> }]),
  ];
};
