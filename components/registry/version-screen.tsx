"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useState, type ReactNode } from "react";
import { PageColumns, PageHeader, Pair, Stack } from "@/components/patterns/page-header";
import { pollMs, pollWhile } from "@/components/patterns/polling";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { Digest, shortDigest } from "@/components/ui/digest";
import { formatBytes } from "@/components/ui/format";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Menu } from "@/components/ui/menu";
import { Notice } from "@/components/ui/notice";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import type { AliasGuard, EvidenceView } from "@/lib/governance";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { ActivityItem, Version } from "@/lib/registry";
import { ActivityPanel } from "./activity-panel";
import { AliasDialog } from "./alias-dialog";
import { ChampionComparison } from "./champion-comparison";
import { DeploymentsPanel } from "./deployments-panel";
import { FilesPanel, type VersionFile } from "./files-panel";
import { CompareWith } from "./compare-with";
import { DescriptionPanel } from "./description-panel";
import { DependenciesPanel } from "./dependencies-panel";
import { ContentsPanel, FindingsPanel } from "./inspection-panels";
import { MlflowSignaturePanel } from "./mlflow-signature";
import { ModelCard } from "./model-card";
import { describeVersion, fetchVersion, modelHref, registryKeys, type Rights, versionHref } from "./queries";
import { FeaturesPanel, SignaturePanel } from "./signature-table";
import { AliasTags, VersionStatus } from "./version-columns";
import { WhatItIsPanel } from "./what-it-is-panel";

export type VersionScreenProps = {
  workspace: string;
  version: Version;
  files: readonly VersionFile[];
  evidence: readonly EvidenceView[];
  activity: PageOf<ActivityItem>;
  rights: Rights;
  gatewayUrl: string;
  /** Aliases that are protected, with why this version may not take them. */
  aliasGuards: readonly AliasGuard[];
  /** Buttons of other slices: to request promotion, to start a rollout. */
  actions?: ReactNode;
  /** Button that asks for the release, inside the dialog of aliases. */
  request?: ReactNode;
  /** Button that attaches a document, on the model card's tab. */
  attach?: ReactNode;
  /** Panel of the serving slice: which runtimes can serve it. */
  serve?: ReactNode;
  /** Rail: what stands between the version and an environment, and its evidence. */
  rail?: ReactNode;
};

/** Everything about one version. It refreshes while the inspection or a rollout is under way. */
export function VersionScreen({ workspace, version: given, files, evidence, activity, rights, gatewayUrl, aliasGuards, actions, request, attach, serve, rail }: VersionScreenProps) {
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
  const mlflow = version.inspection?.mlflow;
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: registryKeys.all(workspace) });
    router.refresh();
  };
  const onDescribe = async (description: string) => {
    queries.setQueryData(registryKeys.version(workspace, version.model, version.number), await describeVersion(workspace, version.model, version.number, description));
    refresh();
  };
  return (
    <Page crumbs={[{ label: "Models", href: `/w/${workspace}/models` }, { label: version.model, href: modelHref(workspace, version.model) }, { label: `v${version.number}` }]}>
      <PageHeader
        title={<>{version.model} <span className="font-normal">v{version.number}</span></>}
        status={<><VersionStatus version={version} /><AliasTags aliases={version.aliases} /></>}
        meta={metaOf(workspace, version)}
        actions={
          <>
            {actions}
            <CompareWith workspace={workspace} model={version.model} number={version.number} champion={version.champion?.number} />
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
          ...(mlflow ? [{ label: "Dependencies", value: "dependencies", count: mlflow.dependencies?.packages.length ?? 0 }] : []),
          { label: "Files", value: "files", count: files.length },
          { label: "Model card", value: "card" },
          { label: "Inspection", value: "inspection", ...(troubleOf(version) > 0 ? { count: troubleOf(version) } : {}) },
          { label: "Activity", value: "activity" },
        ]}
      />
      <div className="mt-3.5"><TabContent {...{ workspace, version, files, evidence, activity, rights, gatewayUrl, attach, serve, rail, onDescribe }} /></div>
      <AliasDialog workspace={workspace} version={version} guards={aliasGuards} request={request} open={isAliasOpen} onOpenChange={setAliasOpen} onChanged={refresh} />
    </Page>
  );
}

const troubleOf = ({ inspection }: Version): number => inspection?.findings.filter(({ severity }) => severity !== "info").length ?? 0;

/** ONNX, or the flavour that MLflow logged with its library: "sklearn 1.9.1". */
const formatWord = ({ format, inspection }: Version): string => {
  const flavor = inspection?.mlflow?.flavors.find(({ name }) => name !== "python_function") ?? inspection?.mlflow?.flavors[0];
  return format === "onnx" ? "ONNX" : format === "mlflow" && flavor ? `${flavor.name}${flavor.version === null ? "" : ` ${flavor.version}`}` : (format ?? "");
};

const metaOf = (workspace: string, version: Version): KeyValue[] => [
  { label: "Registered", value: <><Time value={version.createdAt} /> by {version.createdBy}</> },
  ...(version.manifestDigest === null ? [] : [{ label: "Digest", value: <Digest value={`sha256:${version.manifestDigest}`} /> }]),
  ...(version.format === null ? [] : [{ label: "Format", value: `${formatWord(version)}, ${formatBytes(version.totalSize)}` }]),
  ...(version.runId === null ? [] : [{ label: "Run", value: <TextLink quiet href={`/w/${workspace}/runs/${version.runId}`}><code>{shortDigest(version.runId)}</code></TextLink> }]),
  ...(version.champion === null || version.champion.number === version.number ? [] : [{ label: "Champion", value: <TextLink quiet href={versionHref(workspace, version.model, version.champion.number)}>v{version.champion.number}</TextLink> }]),
];

type ContentProps = Pick<VersionScreenProps, "workspace" | "version" | "files" | "evidence" | "activity" | "rights" | "gatewayUrl" | "attach" | "serve" | "rail"> & { onDescribe: (description: string) => Promise<unknown> };

function TabContent({ workspace, version, files, evidence, activity, rights, gatewayUrl, attach, serve, rail, onDescribe }: ContentProps) {
  const { model, number, signature, inspection, deployments, champion } = version;
  const isChecking = version.status === "checking";
  const mlflow = inspection?.mlflow ?? null;
  // An ONNX file says itself what it takes; of other models only MLflow's signature is known.
  const own = mlflow && version.format === "mlflow" ? <MlflowSignaturePanel version={version} mlflow={mlflow} /> : <SignaturePanel signature={signature} isChecking={isChecking} />;
  switch (useSearchParams().get("tab")) {
    case "signature": return <Stack>{own}{signature && version.format !== "mlflow" && <FeaturesPanel signature={signature} />}</Stack>;
    case "dependencies": return <DependenciesPanel dependencies={mlflow?.dependencies ?? null} />;
    case "files": return <FilesPanel workspace={workspace} model={model} number={number} files={files} />;
    case "card": return <ModelCard evidence={evidence} action={attach} />;
    case "inspection": return <Stack><FindingsPanel inspection={inspection} /><ContentsPanel inspection={inspection} /></Stack>;
    case "activity": return <ActivityPanel workspace={workspace} model={model} number={number} initialPage={activity} />;
    default: {
      // What was measured comes first; that nothing was comes after what the version is.
      const isEvaluated = evidence.some(({ kind, isCurrent }) => kind === "evaluation" && isCurrent) || mlflow === null;
      const comparison = <ChampionComparison evidence={evidence} version={number} champion={champion?.number} />;
      const where = <DeploymentsPanel workspace={workspace} deployments={deployments} number={number} />;
      const content = (
        <>
          <DescriptionPanel description={version.description} rights={rights} onSave={onDescribe} />
          {isEvaluated && comparison}
          {mlflow && <WhatItIsPanel workspace={workspace} version={version} mlflow={mlflow} gatewayUrl={gatewayUrl} />}
          {serve}
          {!isEvaluated && comparison}
          {mlflow && version.format === "mlflow" ? <>{own}{where}</> : <Pair>{own}{where}</Pair>}
        </>
      );
      return rail === undefined || rail === null ? <Stack>{content}</Stack> : <PageColumns rail={rail}>{content}</PageColumns>;
    }
  }
}
