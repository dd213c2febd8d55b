"use client";

import { usePathname } from "next/navigation";
import { useState } from "react";
import { Stack } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { versionHref } from "@/components/registry/queries";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import { formatCount } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { LoggedModelView, RunView } from "@/lib/tracking";
import type { TrackingRights } from "../queries";
import { formatMetric } from "../values";
import { RegisterRunDialog } from "./register-run-dialog";

const statusOf = (status: string) => (status === "READY" ? <Chip tone="ok" icon="okc" bare>Ready</Chip> : status === "PENDING" ? <Chip tone="info" icon="spin" pulse>Uploading</Chip> : <Chip tone="crit" icon="octa">Upload failed</Chip>);

/** The models that a run logged. */
export function ModelsPanel({ workspace, run, rights }: { workspace: string; run: RunView; rights: TrackingRights }) {
  const [modelId, setModelId] = useState<string | undefined>(undefined);
  if (run.models.length === 0) return <Panel><EmptyState kind="never" icon="cube" title="This run logged no model" code={{ code: 'mlflow.sklearn.log_model(model, name="model", input_example=X[:5])', label: "Log a model" }} /></Panel>;
  return (
    <Stack>
      {run.models.map((model) => <ModelPanel key={model.modelId} workspace={workspace} model={model} onRegister={rights.register === undefined && run.stage === "active" ? () => setModelId(model.modelId) : undefined} />)}
      <RegisterRunDialog workspace={workspace} runId={run.runId} runName={run.name} modelId={modelId} open={modelId !== undefined} onOpenChange={(isOpen) => !isOpen && setModelId(undefined)} />
    </Stack>
  );
}

function ModelPanel({ workspace, model, onRegister }: { workspace: string; model: LoggedModelView; onRegister: (() => void) | undefined }) {
  const pathname = usePathname();
  const newest = [...new Map(model.metrics.map((metric) => [`${metric.key} ${metric.dataset ?? ""}`, metric])).values()];
  return (
    <Panel aria-label={model.name}>
      <PanelHeader title={model.name} note={model.modelType === "" ? undefined : model.modelType}>
        {onRegister && <Button size="sm" icon="cube" onClick={onRegister}>Register…</Button>}
      </PanelHeader>
      <PanelBody className="grid gap-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-fg-2">
          {statusOf(model.status)}
          <Digest value={model.modelId} label="model id" />
          <span>logged <Time value={model.createdAt} /></span>
          <TextLink href={`${pathname}?tab=artifacts&in=${model.modelId}`}>Files</TextLink>
          {model.versions.map(({ model: name, number }) => <TextLink key={`${name} ${number}`} quiet href={versionHref(workspace, name, number)}><Tag>{name} v{number}</Tag></TextLink>)}
        </div>
        {newest.length > 0 && <KeyValues align="left" items={newest.map(({ key, value, dataset }) => ({ label: <code className="text-sm">{key}</code>, value: <><span className="font-medium">{formatMetric(value)}</span>{dataset !== null && <span className="text-fg-3"> on {dataset}</span>}</> }))} />}
        {model.params.length > 0 && <details><summary className="cursor-pointer text-sm text-fg-2">{formatCount(model.params.length, "parameter")}</summary><KeyValues align="left" className="mt-1.5" items={model.params.map(({ key, value }) => ({ label: <code className="text-sm">{key}</code>, value }))} /></details>}
      </PanelBody>
    </Panel>
  );
}
