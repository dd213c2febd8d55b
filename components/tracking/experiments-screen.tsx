"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { DataTable } from "@/components/patterns/data-table";
import type { Column } from "@/components/patterns/data-table-row";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/copy-button";
import { formatNumber } from "@/components/ui/format";
import { SegmentedLinks } from "@/components/ui/segmented";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { TextLink } from "@/components/ui/link";
import { Tag } from "@/components/ui/tag";
import { Time, useNow } from "@/components/ui/time";
import { dayMs } from "@/lib/core/durations";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { ExperimentView } from "@/lib/tracking";
import { ExperimentActions } from "./experiment-actions";
import { ExperimentDialog } from "./experiment-dialog";
import { trackingExample } from "./mlflow-example";
import { experimentHref, fetchExperiments, trackingKeys, type TrackingRights } from "./queries";

export type ExperimentsScreenProps = { workspace: string; initial: PageOf<ExperimentView> | undefined; rights: TrackingRights; mlflowUrl: string };

const isUntouched = (page: PageOf<ExperimentView> | undefined): boolean => page !== undefined && page.items.length <= 1 && page.items.every(({ runs }) => runs.count === 0);

/** All experiments, last active first. */
export function ExperimentsScreen({ workspace, initial, rights, mlflowUrl }: ExperimentsScreenProps) {
  const queries = useQueryClient();
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { nowMs } = useNow();
  const filters = useFilters(["q", "stage"]);
  const { q, stage } = filters.values;
  const query = { q, stage };
  const list = useCursorList<ExperimentView>({
    queryKey: trackingKeys.experiments(workspace, query),
    fetchPage: (cursor, signal) => fetchExperiments(workspace, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? initial : undefined,
    refetchIntervalMs: 15_000,
  });
  const snippet = <CodeBlock code={trackingExample(mlflowUrl, workspace, "my-experiment")} label="snippet for the MLflow client" />;
  return (
    <Page crumbs={[{ label: "Experiments" }]}>
      <PageHeader
        title={titleOf(initial, nowMs)}
        lead="Runs that the MLflow client logs, with what each used, tried and reached."
        actions={rights.write === undefined ? <Button variant="primary" icon="plus" onClick={() => setOpen(true)}>Create experiment</Button> : undefined}
      />
      <FilterBar filters={filters} search={{ param: "q", placeholder: "Filter experiments by name" }}>
        <SegmentedLinks label="State" param="stage" segments={[{ value: "active", label: "Active" }, { value: "deleted", label: "Deleted" }]} />
      </FilterBar>
      <DataTable
        label="Experiments, last active first"
        what="experiments"
        rowKey={(experiment) => String(experiment.number)}
        rowHref={(experiment) => experimentHref(workspace, experiment.number)}
        filters={filters}
        cards
        columns={columnsOf(workspace, rights)}
        empty={<EmptyState kind="never" icon="flask" title="No experiment yet" />}
        {...list}
      />
      {isUntouched(initial) && filters.active.length === 0 && (
        <Panel aria-label="Log the first run" className="mt-3.5">
          <PanelHeader title="Log the first run" note="the address and a token are all that changes in your scripts" />
          <PanelBody>
            {snippet}
            <p className="mt-2 text-sm text-fg-2">The token comes from <TextLink href={`/w/${workspace}/settings/tokens`}>Settings, Tokens</TextLink>: give it the scopes runs:write, artifacts:write and models:write.</p>
          </PanelBody>
        </Panel>
      )}
      <ExperimentDialog
        workspace={workspace}
        open={isOpen}
        onOpenChange={setOpen}
        onDone={(experiment) => {
          void queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
          router.push(experimentHref(workspace, experiment.number));
        }}
      />
    </Page>
  );
}

/** The finding: how many are there, and how many moved in the last day as far as the first page tells. */
const titleOf = (page: PageOf<ExperimentView> | undefined, nowMs: number): string => {
  if (page === undefined) return "Experiments";
  if (page.items.every(({ runs }) => runs.count === 0)) return "No run logged yet";
  const total = `${page.items.length}${page.nextCursor === null ? "" : "+"} ${page.items.length === 1 ? "experiment" : "experiments"}`;
  const active = page.items.filter(({ lastActivityAt }) => lastActivityAt !== null && nowMs - Date.parse(lastActivityAt) < dayMs).length;
  return active === 0 ? `${total}, none active in the last 24 h` : `${active} of ${total} active in the last 24 h`;
};

const hiddenTags = /^mlflow\./;

const columnsOf = (workspace: string, rights: TrackingRights): Column<ExperimentView>[] => [
  { id: "name", header: "Experiment", link: true, phone: "full", cell: ({ name, stage }) => <span className="font-medium [overflow-wrap:anywhere]">{name}{stage === "deleted" && <Tag className="ml-2">deleted</Tag>}</span> },
  { id: "tags", header: "Tags", phone: "hide", cell: ({ tags }) => <span className="flex flex-wrap gap-1">{Object.entries(tags).filter(([key]) => !hiddenTags.test(key)).slice(0, 3).map(([key, value]) => <Tag key={key}><span className="max-w-40 truncate">{key}: {value}</span></Tag>)}</span> },
  { id: "runs", header: "Runs", align: "right", width: "110px", cell: ({ runs }) => `${formatNumber(runs.count, 0)}${runs.isExact ? "" : "+"}` },
  { id: "active", header: "Last run", align: "right", width: "130px", cell: ({ lastActivityAt }) => (lastActivityAt === null ? <span className="text-fg-3">none yet</span> : <Time value={lastActivityAt} />) },
  { id: "created", header: "Created", align: "right", width: "130px", phone: "hide", cell: ({ createdAt }) => <Time value={createdAt} /> },
  ...(rights.write === undefined ? [{ id: "actions", header: "Actions", headerHidden: true, align: "right" as const, width: "56px", phone: "hide" as const, cell: (experiment: ExperimentView) => <span className="relative z-1 inline-block"><ExperimentActions small workspace={workspace} experiment={experiment} rights={rights} /></span> }] : []),
];
