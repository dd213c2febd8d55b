"use client";

import { DataTable } from "@/components/patterns/data-table";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { versionHref } from "@/components/registry/queries";
import { rolloutHref } from "@/components/rollouts/queries";
import { Chip } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import type { Page } from "@/lib/http/api-client";
import type { DeploymentView, EndpointView } from "@/lib/serving";
import { roleWord } from "./present";
import { fetchDeployments, servingKeys } from "./queries";

/** Which versions the endpoint served, in which role and when. */
export function DeploymentsTable({ workspace, endpoint, initial }: { workspace: string; endpoint: EndpointView; initial: Page<DeploymentView> }) {
  const list = useCursorList({ queryKey: servingKeys.deployments(workspace, endpoint.id), fetchPage: (cursor, signal) => fetchDeployments(workspace, endpoint.id, cursor, signal), initialPage: initial, refetchIntervalMs: 5_000 });
  const { previous, warmUntil } = endpoint;
  const lastOfPrevious = previous === null || warmUntil === null ? undefined : list.rows?.find((row) => row.version === previous.number && row.to !== null)?.id;
  return (
    <DataTable
      label="Versions that this endpoint served, newest first"
      what="versions"
      rowKey={(row) => row.id}
      rowHref={(row) => versionHref(workspace, endpoint.model, row.version)}
      cards
      columns={[
        { id: "version", header: "Version", link: true, phone: "bare", cell: (row) => <b className="font-medium">{endpoint.model} v{row.version}</b> },
        { id: "role", header: "Role", width: "110px", phone: "bare", cell: (row) => roleWord(row.role) },
        { id: "from", header: "From", width: "140px", cell: (row) => <Time value={row.from} /> },
        { id: "to", header: "To", width: "140px", cell: (row) => (row.to === null ? <Chip tone="ok" icon="okc" bare>now</Chip> : <Time value={row.to} />) },
        { id: "warm", header: "Kept warm", cell: (row) => (row.id === lastOfPrevious && warmUntil !== null ? <>until <Time value={warmUntil} /></> : <span className="text-fg-3">no</span>) },
        { id: "rollout", header: "Rollout", width: "90px", phone: "hide", cell: (row) => (row.rolloutId === null ? <span className="text-fg-3">none</span> : <TextLink className="relative z-1" href={rolloutHref(workspace, row.rolloutId)} aria-label={`Rollout of v${row.version}`}>Open</TextLink>) },
      ]}
      empty={<EmptyState kind="never" icon="cube" title={`No version of ${endpoint.model} has served here yet.`} />}
      {...list}
    />
  );
}
