"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/patterns/states";
import { Status } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { SkeletonText } from "@/components/ui/skeleton";
import { statusOf } from "./present";
import { dossierHref, fetchRequests, governanceKeys } from "./queries";

/** The requests to release one version, newest first. */
export function RequestsPanel({ workspace, model, number }: { workspace: string; model: string; number: number }) {
  const query = { model, limit: "100" };
  const { data, error, refetch } = useQuery({ queryKey: governanceKeys.list(workspace, { ...query, as: "panel" }), queryFn: ({ signal }) => fetchRequests(workspace, query, signal), refetchInterval: 10_000 });
  const requests = data?.items.filter((request) => request.version === number).slice(0, 5);
  return (
    <Panel aria-label="Promotion">
      <PanelHeader title="Promotion" />
      {error ? <ErrorState error={error} what="the requests" onRetry={() => void refetch()} compact /> : (
        <PanelBody className="grid gap-2">
          {requests === undefined && <SkeletonText lines={2} />}
          {requests?.length === 0 && <p className="text-sm text-fg-2">Nobody has asked for its release yet. Environments that ask for no approval take it directly.</p>}
          {requests?.map((request) => (
            <div key={request.id} className="flex flex-wrap items-center justify-between gap-x-2">
              <span><TextLink href={dossierHref(workspace, request.number)}>{request.number}</TextLink> <span className="text-fg-2">into {request.environment}</span></span>
              <Status status={statusOf(request)} />
            </div>
          ))}
        </PanelBody>
      )}
    </Panel>
  );
}
