"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { PageHeader, Stack } from "@/components/patterns/page-header";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { Button, ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import type { Comparison } from "@/lib/tracking";
import { formatCount } from "@/components/ui/format";
import { RunMetricsPanel } from "../metrics/run-metrics-panel";
import { experimentHref, experimentsHref, type TrackingRights } from "../queries";
import { RegisterRunDialog } from "../run/register-run-dialog";
import { DifferencesTab } from "./differences-tab";
import { ImagesTab } from "./images-tab";
import { OverviewTab } from "./overview-tab";
import { useCompareUrl } from "./use-compare-url";
import { useComparison } from "./use-comparison";
import { ViewsMenu } from "./views-menu";

export type CompareScreenProps = { workspace: string; experiment: { number: number; name: string }; initial: Comparison | undefined; rights: TrackingRights };

/** Runs of an experiment beside each other: who leads, curves, parameters to results, differences, images. */
export function CompareScreen({ workspace, experiment, initial, rights }: CompareScreenProps) {
  const search = useSearchParams();
  const tab = search.get("tab") ?? "overview";
  const [state, set] = useCompareUrl();
  const [focus, setFocus] = useState<string | undefined>(undefined);
  const [registering, setRegistering] = useState(false);
  const compared = useComparison(workspace, experiment.number, state, initial);
  const { query, comparison, rows, baseline, metric, drawn, lead, noLead, isLive } = compared;
  const count = rows.length;
  const home = experimentHref(workspace, experiment.number);
  const missing = comparison?.missing ?? [];
  return (
    <Page crumbs={[{ label: "Experiments", href: experimentsHref(workspace) }, { label: experiment.name, href: home }, { label: count > 0 ? `Compare ${formatCount(count, "run")}` : "Compare" }]}>
      <PageHeader
        title={<>{experiment.name} {comparison && <span className="ml-1 font-normal text-fg-3">{count} of {formatCount(comparison.activeRuns, "run")}</span>}</>}
        lead={lead ? <><b className="font-semibold text-fg">{lead.leader.name}</b>{lead.text.startsWith(",") ? "" : " "}{lead.text} {count > 1 && <span className="text-fg-3">Differences of single runs; chance is not judged.</span>}</> : noLead}
        actions={count > 0 && (
          <>
            <ViewsMenu workspace={workspace} number={experiment.number} suggestion={`${experiment.name}, ${formatCount(count, "run")}`} />
            {lead && <Button variant="primary" icon="cube" disabled={rights.register !== undefined} title={rights.register} onClick={() => setRegistering(true)}>Register {lead.leader.name}</Button>}
          </>
        )}
      />
      {lead && rights.register !== undefined && <p className="-mt-2 mb-3 text-right text-sm text-fg-3">{rights.register}</p>}
      {missing.length > 0 && (
        <Notice tone="warn" title={`${formatCount(missing.length, "run")} of this address ${missing.length === 1 ? "is" : "are"} not in this workspace`} actions={<Button size="sm" onClick={() => set({ slots: state.slots.map((id) => (id !== undefined && missing.includes(id) ? undefined : id)) })}>Leave {missing.length === 1 ? "it" : "them"} out</Button>}>
          Deleted for good, or of another workspace: {missing.map((id) => id.slice(0, 8)).join(", ")}.
        </Notice>
      )}
      {state.slots.every((id) => id === undefined) ? (
        <Panel><EmptyState kind="never" icon="flask" title="No run is chosen to compare" action={<ButtonLink href={home} variant="primary">Choose runs</ButtonLink>}>Select two or more in the table of runs, then press Compare.</EmptyState></Panel>
      ) : comparison === undefined ? (
        query.error ? <Panel><ErrorState error={query.error} what="the runs" onRetry={() => void query.refetch()} /></Panel> : <div aria-busy><Stack><Skeleton className="h-72" /><Skeleton className="h-56" /></Stack></div>
      ) : count === 0 ? (
        <Panel><EmptyState kind="filtered" title="None of these runs is here any more" action={<ButtonLink href={home}>All runs of {experiment.name}</ButtonLink>} /></Panel>
      ) : (
        <>
          <Tabs label="Comparison" items={[{ label: "Overview", value: "overview" }, { label: "Metrics", value: "metrics" }, { label: "Differences", value: "differences" }, { label: "Images", value: "images" }]} />
          {tab === "metrics" ? <RunMetricsPanel workspace={workspace} runs={drawn} live={isLive} />
            : tab === "differences" ? <DifferencesTab runs={comparison.runs} drawn={drawn} baselineId={baseline?.runId} showsSame={state.showsSame} onShowsSame={(showsSame) => set({ showsSame })} />
            : tab === "images" ? <ImagesTab workspace={workspace} number={experiment.number} runs={drawn} live={isLive} />
            : <OverviewTab workspace={workspace} number={experiment.number} state={state} onChange={set} compared={compared} focus={focus} onFocus={setFocus} />}
        </>
      )}
      {lead && <RegisterRunDialog workspace={workspace} runId={lead.leader.runId} runName={lead.leader.name} open={registering} onOpenChange={setRegistering} />}
      <span className="sr-only" role="status">{metric !== undefined && query.isFetching && query.isPlaceholderData ? "Reading runs" : ""}</span>
    </Page>
  );
}
