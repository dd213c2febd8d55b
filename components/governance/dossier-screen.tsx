"use client";

import { useQuery } from "@tanstack/react-query";
import { FieldDiff } from "@/components/patterns/diff";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { Timeline, type TimelineEvent } from "@/components/patterns/timeline";
import { versionHref } from "@/components/registry/queries";
import { Page } from "@/components/shell/page";
import { buttonClass } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import { EnvironmentMark } from "@/components/ui/confirm-dialog";
import { Icon } from "@/components/ui/icon";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { DossierView } from "@/lib/governance";
import { BlastStrip } from "./blast-strip";
import { DecisionPanel } from "./decision-panel";
import { DossierEvidence } from "./dossier-evidence";
import { PeoplePanel } from "./people-panel";
import { statusOf, titleOf } from "./present";
import { approvalsHref, dossierFilePath, fetchDossier, governanceKeys } from "./queries";

/** One request with everything that its decision rests on. */
export function DossierScreen({ workspace, dossier: given }: { workspace: string; dossier: DossierView }) {
  const { data: dossier, isError, dataUpdatedAt } = useQuery({
    queryKey: governanceKeys.request(workspace, given.id),
    queryFn: ({ signal }) => fetchDossier(workspace, given.id, signal),
    initialData: given,
    ...pollWhile(true, 5_000),
    refetchInterval: (query) => (query.state.data?.status === "OPEN" ? 5_000 : 30_000),
  });
  const isBlocked = dossier.status === "OPEN" && dossier.checks.some((check) => check.isRequired && check.status !== "PASS");
  return (
    <Page crumbs={[{ label: "Approvals", href: approvalsHref(workspace) }, { label: dossier.number }]}>
      <PageHeader
        title={titleOf(dossier)}
        status={<Status status={statusOf(dossier)} />}
        lead={dossier.comment ?? undefined}
        meta={metaOf(workspace, dossier)}
        actions={<a href={dossierFilePath(workspace, dossier.id)} download className={buttonClass({})}><Icon name="download" />Download dossier</a>}
      />
      {isError && <Notice tone="warn" className="mb-3.5" title={`As of ${new Date(dataUpdatedAt).toLocaleTimeString()}.`}>Slipway does not answer at the moment.</Notice>}
      <PageColumns railWidth={340} railFirst={false} rail={<><DecisionPanel workspace={workspace} dossier={dossier} /><PeoplePanel dossier={dossier} /><ReviewsPanel dossier={dossier} /></>}>
        <BlastStrip workspace={workspace} dossier={dossier} />
        {isBlocked && !dossier.you.mayReject && <Notice tone="warn" title="Not every required check passes.">Nobody can approve until they do; what to do stands beside each.</Notice>}
        <Panel aria-label="What changes">
          <PanelHeader title="What changes"><TextLink href={versionHref(workspace, dossier.model, dossier.version)}>Open v{dossier.version}</TextLink></PanelHeader>
          <FieldDiff label="What changes" rows={dossier.changes.map(({ what, now, after }) => ({ key: what, label: what, before: <Shown value={now} />, after: <Shown value={after} />, same: now === after }))} />
        </Panel>
        <DossierEvidence workspace={workspace} dossier={dossier} />
      </PageColumns>
    </Page>
  );
}

function Shown({ value }: { value: string | null }) {
  if (value === null) return <span className="text-fg-3">none</span>;
  return value.startsWith("sha256:") ? <Digest value={value} /> : value;
}

const metaOf = (workspace: string, dossier: DossierView): KeyValue[] => [
  { label: "", value: dossier.number },
  { label: "Environment", value: <EnvironmentMark name={dossier.environment} production={dossier.isProduction} /> },
  { label: "Requested", value: <><Time value={dossier.requestedAt} /> by {dossier.isYours ? "you" : dossier.requestedBy}</> },
  ...(dossier.status === "OPEN" ? [{ label: "Expires", value: <Time value={dossier.expiresAt} /> }] : []),
  ...(dossier.status === "APPROVED" && dossier.validUntil !== null ? [{ label: "Valid until", value: <Time value={dossier.validUntil} /> }] : []),
  { label: "Policy", value: <TextLink quiet href={`/w/${encodeURIComponent(workspace)}/settings/policies?env=${encodeURIComponent(dossier.environment)}`}>{dossier.environment}, revision {dossier.policy.revision}</TextLink> },
  { label: "Bound to", value: <><Digest value={dossier.manifestDigest} label="artifact digest" /> and evidence <Digest value={dossier.evidenceDigest} label="evidence digest" /></> },
];

/** What happened to the request, in its order. */
function ReviewsPanel({ dossier }: { dossier: DossierView }) {
  const reviews = dossier.people.flatMap(({ userId, name, decision, decidedAt, comment }): TimelineEvent[] =>
    decision === null || decidedAt === null ? [] : [{ key: userId, at: decidedAt, text: `${name} ${decision === "approve" ? "approved" : "rejected"}`, detail: comment ?? undefined, tone: decision === "approve" ? "ok" : "crit", icon: decision === "approve" ? "okc" : "x" }]);
  const events: TimelineEvent[] = [{ key: "requested", at: dossier.requestedAt, text: `${dossier.requestedBy} requested it`, detail: dossier.comment ?? undefined, tone: "wait", icon: "stamp" }, ...reviews.sort((a, b) => String(a.at).localeCompare(String(b.at)))];
  return (
    <Panel aria-label="History">
      <PanelHeader title="History" />
      <Timeline events={events} />
    </Panel>
  );
}
