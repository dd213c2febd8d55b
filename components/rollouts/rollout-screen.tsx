"use client";

import { useQuery } from "@tanstack/react-query";
import { PageColumns, PageHeader, Stack } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { Ramp } from "@/components/patterns/ramp";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Time, useNow } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import { type RolloutView, rolloutStatusView, type VerdictPoint } from "@/lib/rollouts";
import { toRampSteps } from "./present";
import { fetchRollout, isRolloutLive, rolloutKeys } from "./queries";
import { RolloutActions } from "./rollout-actions";
import { RolloutCharts } from "./rollout-charts";
import { RolloutEvents } from "./rollout-events";
import { RolloutTraffic } from "./rollout-traffic";
import { VerdictPanel } from "./verdict-panel";

export type RolloutScreenProps = { workspace: string; rollout: RolloutView; verdicts: readonly VerdictPoint[] };

/** One rollout, live: where it stands, what each guardrail says, what a person may do. */
export function RolloutScreen({ workspace, rollout: given, verdicts }: RolloutScreenProps) {
  const { data: rollout, dataUpdatedAt, isError } = useQuery({
    queryKey: rolloutKeys.one(workspace, given.id),
    queryFn: ({ signal }) => fetchRollout(workspace, given.id, signal),
    initialData: given,
    ...pollWhile(true),
    refetchInterval: (query) => (isRolloutLive(query.state.data) ? 2_000 : false),
  });
  const { local } = useNow(); // the server knows no time zone of the reader, so the first paint is in UTC
  const isLive = isRolloutLive(rollout);
  const isOld = isLive && isError;
  return (
    <Page crumbs={[{ label: "Rollouts", href: `/w/${workspace}/rollouts?env=${rollout.environment}` }, { label: rollout.endpoint }, { label: titleOf(rollout) }]} environment>
      <PageHeader
        title={`${rollout.endpoint}: ${rollout.model} ${titleOf(rollout)}`}
        status={<Status status={rolloutStatusView({ phase: rollout.phase, weightBp: rollout.route?.candidateWeightBp ?? 0 }) as StatusView} />}
        lead={rollout.reason ?? undefined}
        meta={metaOf(workspace, rollout)}
      />
      {isOld && <Notice tone="warn" className="mb-3.5" title={`As of ${new Date(dataUpdatedAt).toLocaleTimeString()}.`}>Slipway does not answer at the moment; Abort and Roll back stay possible as soon as it does.</Notice>}
      <div className="mb-3.5"><Ramp steps={toRampSteps(rollout, local ? undefined : "UTC")} /></div>
      <PageColumns
        railFirst
        rail={
          <>
            <RolloutActions workspace={workspace} rollout={rollout} isStale={isOld} />
            <RolloutTraffic workspace={workspace} rollout={rollout} />
            <RolloutEvents workspace={workspace} rollout={rollout} />
          </>
        }
      >
        <Stack>
          <VerdictPanel rollout={rollout} />
          <RolloutCharts workspace={workspace} rollout={rollout} initial={verdicts} />
        </Stack>
      </PageColumns>
    </Page>
  );
}

export const titleOf = (rollout: Pick<RolloutView, "from" | "to">): string => (rollout.from === null ? `v${rollout.to}` : `v${rollout.from} → v${rollout.to}`);

const metaOf = (workspace: string, rollout: RolloutView): KeyValue[] => [
  { label: "Started", value: <><Time value={rollout.createdAt} /> by {rollout.createdBy}</> },
  { label: "Strategy", value: rollout.strategy.replaceAll("_", " ") },
  ...(rollout.attempt > 1 ? [{ label: "Attempt", value: String(rollout.attempt) }] : []),
  ...(rollout.toDigest ? [{ label: "Digest", value: <Digest value={`sha256:${rollout.toDigest}`} label="Manifest digest" copy /> }] : []),
  ...(rollout.requestId ? [{ label: "Approval", value: <TextLink href={`/w/${workspace}/approvals/${rollout.requestId}`}>approved request</TextLink> }] : []),
  ...(rollout.route ? [{ label: "Route", value: `#${rollout.route.number}, applied by ${rollout.appliedBy.applied} of ${rollout.appliedBy.live} gateway processes` }] : []),
];
