"use client";

import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { TrafficBar } from "@/components/patterns/traffic-bar";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import type { Page as PageOf } from "@/lib/http/api-client";
import { type RolloutSummary, rolloutStatusView } from "@/lib/rollouts";
import { fetchRollouts, rolloutHref, rolloutKeys } from "./queries";
import { titleOf } from "./rollout-screen";

export type RolloutsScreenProps = { workspace: string; environment: string; initial: PageOf<RolloutSummary> };

const finding = (rollouts: readonly RolloutSummary[] | undefined, environment: string): string => {
  const live = (rollouts ?? []).filter((rollout) => rollout.endedAt === null);
  const troubled = live.filter((rollout) => rollout.phase === "HELD" || rollout.phase === "STUCK" || rollout.phase === "AWAITING_APPROVAL");
  if (troubled.length > 0) return `${troubled.length} of ${live.length} rollouts in ${environment} wait for a person`;
  return live.length === 0 ? `No rollout is moving in ${environment}` : `${live.length} ${live.length === 1 ? "rollout is" : "rollouts are"} moving in ${environment}`;
};

/** Rollouts of an environment, newest first. */
export function RolloutsScreen({ workspace, environment, initial }: RolloutsScreenProps) {
  const filters = useFilters(["state", "endpoint"]);
  const { state, endpoint } = filters.values;
  const query = { environment, state, endpoint };
  const list = useCursorList({
    queryKey: rolloutKeys.list(workspace, query),
    fetchPage: (cursor, signal) => fetchRollouts(workspace, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? initial : undefined,
    refetchIntervalMs: 3_000,
  });
  return (
    <Page crumbs={[{ label: "Rollouts" }]} environment>
      <PageHeader title={finding(list.rows, environment)} lead="Each step is judged against its limits by tests that stay valid at every look; harm rolls back without a person." />
      <FilterBar
        filters={filters}
        search={{ param: "endpoint", placeholder: "Name of an endpoint" }}
        facets={[{ param: "state", label: "State", display: "chips", options: [{ value: "active", label: "Moving" }, { value: "ended", label: "Ended" }] }]}
      />
      <DataTable
        label="Rollouts, newest first"
        what="rollouts"
        rowKey={(rollout) => rollout.id}
        rowHref={(rollout) => rolloutHref(workspace, rollout.id)}
        rowHeight={52}
        filters={filters}
        cards
        columns={[
          { id: "status", header: "Status", phone: "bare", cell: (rollout) => <Status status={rolloutStatusView(rollout) as StatusView} /> },
          { id: "endpoint", header: "Endpoint and cause", link: true, phone: "full", cell: (rollout) => <span className="grid"><span><b className="font-medium">{rollout.endpoint}</b> {rollout.model} {titleOf(rollout)}</span><span className="truncate text-sm text-fg-2">{rollout.reason}</span></span> },
          { id: "traffic", header: "Traffic", width: "150px", phone: "hide", cell: (rollout) => (rollout.endedAt === null ? <TrafficBar size="sm" arms={[{ role: "stable", label: `v${rollout.from ?? "–"}`, percent: 100 - rollout.weightBp / 100 }, { role: "canary", label: `v${rollout.to}`, percent: rollout.weightBp / 100 }]} /> : null) },
          { id: "strategy", header: "Strategy", phone: "hide", cell: (rollout) => rollout.strategy.replaceAll("_", " ") },
          { id: "by", header: "Started by", phone: "hide", cell: (rollout) => rollout.createdBy },
          { id: "started", header: "Started", align: "right", width: "110px", cell: (rollout) => <Time value={rollout.createdAt} /> },
        ]}
        empty={<EmptyState kind="never" icon="ramp" title={`Nothing has been released in ${environment} yet. A rollout starts from an endpoint's page.`} action={<TextLink href={`/w/${workspace}/endpoints?env=${environment}`}>Open endpoints</TextLink>} />}
        {...list}
      />
    </Page>
  );
}
