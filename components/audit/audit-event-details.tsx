"use client";

import { useQuery } from "@tanstack/react-query";
import { actorLabel, type AuditEventDetail, type AuditEventView, changeRows, sequenceLabel } from "@/lib/audit";
import { api, apiPath } from "@/lib/http/api-client";
import { type DiffLine, LineDiff } from "@/components/patterns/diff";
import { pollWhile } from "@/components/patterns/polling";
import { ErrorState } from "@/components/patterns/states";
import { CodeBlock } from "@/components/ui/copy-button";
import { Digest } from "@/components/ui/digest";
import { type KeyValue, KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { SkeletonText } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { auditKeys } from "./keys";

const linesOf = (change: AuditEventView["change"]): DiffLine[] =>
  changeRows(change).flatMap(({ path, before, after }): DiffLine[] => [
    ...(before === undefined ? [] : [{ kind: "del" as const, text: `${path}: ${before}` }]),
    ...(after === undefined ? [] : [{ kind: "add" as const, text: `${path}: ${after}` }]),
  ]);

const factsOf = (event: AuditEventView): KeyValue[] => [
  ...(event.reason === null ? [] : [{ label: "Reason", value: event.reason }]),
  ...(event.because === null ? [] : [{ label: "Because", value: event.because }]),
  ...(event.actor.onBehalfOf === null ? [] : [{ label: "On behalf of", value: event.actor.onBehalfOf.name ?? "erased person" }]),
  { label: "Target", value: <>{event.target.type.replaceAll("_", " ")} <Digest value={event.target.id} label="id" /></> },
  ...(event.requestId === null ? [] : [{ label: "Request", value: <Digest value={event.requestId} label="request id" /> }]),
  { label: "Sequence", value: sequenceLabel(event.seq) },
  { label: "Leaf hash", value: <Digest value={event.leafHash} label="leaf hash" keep={6} /> },
];

/** One event: what changed, why, for whom, and the text that was hashed. */
export function AuditEventDetails({ workspace, eventId, known }: { workspace: string; eventId: string; known: AuditEventView | undefined }) {
  const detail = useQuery({
    queryKey: auditKeys.event(workspace, eventId),
    queryFn: ({ signal }) => api.get<AuditEventDetail>(apiPath(workspace, "audit", "events", eventId), { signal }),
    ...pollWhile(known?.seq === null, 1_000),
  });
  const event = detail.data ?? known;
  if (!event) return detail.isError ? <ErrorState error={detail.error} what="this event" compact onRetry={() => void detail.refetch()} /> : <SkeletonText lines={6} />;
  const lines = linesOf(event.change);
  const target = `/w/${encodeURIComponent(workspace)}/audit?targetType=${encodeURIComponent(event.target.type)}&targetId=${encodeURIComponent(event.target.id)}`;
  return (
    <div className="grid gap-3">
      <div>
        <p className="font-medium [overflow-wrap:anywhere]">{actorLabel(event.actor)}: <code>{event.action}</code> {event.target.name}</p>
        <p className="text-sm text-fg-3"><Time value={event.occurredAt} format="absolute" /></p>
      </div>
      {lines.length > 0 && (
        <div className="grid gap-1">
          <h3 className="font-semibold">Change</h3>
          <LineDiff lines={lines} label="Change" />
        </div>
      )}
      <KeyValues items={factsOf(event)} />
      <TextLink href={target}>Everything about this {event.target.type.replaceAll("_", " ")}</TextLink>
      {detail.data && (
        <details>
          <summary className="cursor-pointer text-sm font-medium">The text that was hashed</summary>
          <div className="mt-2 grid gap-2">
            <CodeBlock label="canonical text" code={detail.data.canonical} />
            <p className="text-sm text-fg-3">Leaf hash = SHA-256 of the byte 00 and this text. Names of people are in it as salted hashes only, so that they can be erased.</p>
          </div>
        </details>
      )}
    </div>
  );
}
