"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState, type ReactNode } from "react";
import { PageColumns, PageHeader, Pair, Stack } from "@/components/patterns/page-header";
import { pollMs, pollWhile } from "@/components/patterns/polling";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { Digest } from "@/components/ui/digest";
import { formatBytes } from "@/components/ui/format";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Menu } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import type { EvidenceView } from "@/lib/governance";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { ActivityItem, Version } from "@/lib/registry";
import { ActivityPanel } from "./activity-panel";
import { AliasDialog } from "./alias-dialog";
import { ChampionComparison } from "./champion-comparison";
import { DeploymentsPanel } from "./deployments-panel";
import { FilesPanel, type VersionFile } from "./files-panel";
import { ContentsPanel, FindingsPanel } from "./inspection-panels";
import { ModelCard } from "./model-card";
import { fetchVersion, modelHref, registryKeys, type Rights, versionHref } from "./queries";
import { FeaturesPanel, SignaturePanel } from "./signature-table";
import { AliasTags, VersionStatus } from "./version-columns";

export type VersionScreenProps = {
  workspace: string;
  version: Version;
  files: readonly VersionFile[];
  evidence: readonly EvidenceView[];
  activity: PageOf<ActivityItem>;
  rights: Rights;
  /** Buttons of other slices: to request promotion, to start a rollout. */
  actions?: ReactNode;
  /** Button that attaches a document, on the model card's tab. */
  attach?: ReactNode;
  /** Rail: what stands between the version and an environment, and its evidence. */
  rail?: ReactNode;
};

/** Everything about one version. It refreshes while the inspection or a rollout is under way. */
export function VersionScreen({ workspace, version: given, files, evidence, activity, rights, actions, attach, rail }: VersionScreenProps) {
  const queries = useQueryClient();
  const router = useRouter();
  const [isAliasOpen, setAliasOpen] = useState(false);
  const isLive = (version: Version | undefined): boolean => version?.status === "checking" || version?.state === "canary" || version?.state === "shadow";
  const { data: version } = useQuery({
    queryKey: registryKeys.version(workspace, given.model, given.number),
    queryFn: ({ signal }) => fetchVersion(workspace, given.model, given.number, signal),
    initialData: given,
    ...pollWhile(true, isLive(given) ? pollMs.inFlight : pollMs.page),
    refetchInterval: (query) => (isLive(query.state.data) ? pollMs.inFlight : pollMs.page),
  });
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: registryKeys.all(workspace) });
    router.refresh();
  };
  return (
    <Page crumbs={[{ label: "Models", href: `/w/${workspace}/models` }, { label: version.model, href: modelHref(workspace, version.model) }, { label: `v${version.number}` }]}>
      <PageHeader
        title={<>{version.model} <span className="font-normal">v{version.number}</span></>}
        status={<><VersionStatus version={version} /><AliasTags aliases={version.aliases} /></>}
        lead={version.description ?? undefined}
        meta={metaOf(workspace, version)}
        actions={
          <>
            {actions}
            <Menu trigger={<Button iconOnly icon="more" variant="ghost" aria-label="More actions" />} items={[{ label: "Aliases…", icon: "flag", onSelect: () => setAliasOpen(true), blocked: rights.alias }]} />
          </>
        }
      />
      {version.status === "refused" && <Notice tone="crit" className="mb-3.5" title="Refused.">{version.statusReason}</Notice>}
      {version.status === "unverified" && <Notice tone="warn" className="mb-3.5" title="Unverified, so it can't be approved.">{version.statusReason}</Notice>}
      <Tabs
        label={`${version.model} v${version.number}`}
        items={[
          { label: "Overview", value: "overview" },
          { label: "Signature", value: "signature" },
          { label: "Files", value: "files", count: files.length },
          { label: "Model card", value: "card" },
          { label: "Inspection", value: "inspection", ...(troubleOf(version) > 0 ? { count: troubleOf(version) } : {}) },
          { label: "Activity", value: "activity" },
        ]}
      />
      <div className="mt-3.5"><TabContent {...{ workspace, version, files, evidence, activity, attach, rail }} /></div>
      <AliasDialog workspace={workspace} version={version} open={isAliasOpen} onOpenChange={setAliasOpen} onChanged={refresh} />
    </Page>
  );
}

const troubleOf = ({ inspection }: Version): number => inspection?.findings.filter(({ severity }) => severity !== "info").length ?? 0;

const metaOf = (workspace: string, version: Version): KeyValue[] => [
  { label: "Registered", value: <><Time value={version.createdAt} /> by {version.createdBy}</> },
  ...(version.manifestDigest === null ? [] : [{ label: "Digest", value: <Digest value={`sha256:${version.manifestDigest}`} /> }]),
  ...(version.format === null ? [] : [{ label: "Format", value: `${version.format === "onnx" ? "ONNX" : version.format}, ${formatBytes(version.totalSize)}` }]),
  ...(version.runId === null ? [] : [{ label: "Run", value: <Digest value={version.runId} label="run id" /> }]),
  ...(version.champion === null || version.champion.number === version.number ? [] : [{ label: "Champion", value: <TextLink quiet href={versionHref(workspace, version.model, version.champion.number)}>v{version.champion.number}</TextLink> }]),
];

type ContentProps = Pick<VersionScreenProps, "workspace" | "version" | "files" | "evidence" | "activity" | "attach" | "rail">;

function TabContent({ workspace, version, files, evidence, activity, attach, rail }: ContentProps) {
  const { model, number, signature, inspection, deployments, champion } = version;
  const isChecking = version.status === "checking";
  switch (useSearchParams().get("tab")) {
    case "signature": return <Stack><SignaturePanel signature={signature} isChecking={isChecking} />{signature && <FeaturesPanel signature={signature} />}</Stack>;
    case "files": return <FilesPanel workspace={workspace} model={model} number={number} files={files} />;
    case "card": return <ModelCard evidence={evidence} action={attach} />;
    case "inspection": return <Stack><FindingsPanel inspection={inspection} /><ContentsPanel inspection={inspection} /></Stack>;
    case "activity": return <ActivityPanel workspace={workspace} model={model} number={number} initialPage={activity} />;
    default: {
      const content = (
        <>
          <ChampionComparison evidence={evidence} version={number} champion={champion?.number} />
          <Pair><SignaturePanel signature={signature} isChecking={isChecking} /><DeploymentsPanel workspace={workspace} deployments={deployments} number={number} /></Pair>
        </>
      );
      return rail === undefined || rail === null ? <Stack>{content}</Stack> : <PageColumns rail={rail}>{content}</PageColumns>;
    }
  }
}
