"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { NotePanel } from "@/components/patterns/note-panel";
import { PageColumns, Pair } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { versionHref } from "@/components/registry/queries";
import { CopyButton } from "@/components/ui/copy-button";
import { Digest } from "@/components/ui/digest";
import { SearchInput } from "@/components/ui/input";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { type SmallColumn, SmallTable } from "@/components/ui/small-table";
import { Time } from "@/components/ui/time";
import { api, apiPath } from "@/lib/http/api-client";
import { maxNoteLength, type RunView } from "@/lib/tracking";
import { trackingKeys, type TrackingRights } from "../queries";
import { formatMetric } from "../values";
import { ChildrenPanel } from "./children-panel";
import { DatasetsPanel } from "./datasets-panel";
import { LongText } from "./long-text";
import { MetricSpark } from "./metric-spark";

type Metric = RunView["metrics"][number];
type Props = { workspace: string; run: RunView; rights: TrackingRights };

/** What a run was given, what it reached, and what it belongs to. */
export function RunOverview({ workspace, run, rights }: Props) {
  const queries = useQueryClient();
  const saveNote = async (note: string) => queries.setQueryData(trackingKeys.run(workspace, run.runId), await api.patch<RunView>(apiPath(workspace, "runs", run.runId), { note }));
  return (
    <PageColumns rail={<><VersionsPanel workspace={workspace} run={run} /><DatasetsPanel datasets={run.datasets} />{run.modelInputs.length > 0 && <ModelInputsPanel workspace={workspace} models={run.modelInputs} />}<TagsPanel tags={run.tags} /></>}>
      <NotePanel title="Notes" what="note" text={run.note} maxLength={maxNoteLength} placeholder={"## What was tried\n\nMarkdown: **bold**, lists, tables, `code`, links"} canWrite={rights.write === undefined && run.stage === "active"} onSave={saveNote} />
      <Pair><MetricsPanel workspace={workspace} run={run} /><ParamsPanel run={run} /></Pair>
      {run.childCount > 0 && <ChildrenPanel workspace={workspace} run={run} />}
    </PageColumns>
  );
}

const manyRows = 12;

/** So many curves are read for the overview; the rest are under Metrics. */
const maxSparks = 12;

function MetricsPanel({ workspace, run: { runId, metrics } }: { workspace: string; run: RunView }) {
  const pathname = usePathname();
  const hasCourse = metrics.some(({ step }) => step > 0);
  return (
    <Panel aria-label="Metrics">
      <PanelHeader title="Metrics" note={metrics.length === 0 ? undefined : `${metrics.length}, last values`}>
        {metrics.length > 0 && <TextLink href={`${pathname}?tab=metrics`}>Curves</TextLink>}
      </PanelHeader>
      {metrics.length === 0 ? <EmptyState kind="never" icon="pulse" title="No metric was logged" /> : (
        <FoundTable
          label="Metrics and their last values"
          what="metric"
          rows={metrics}
          textOf={({ key }) => key}
          columns={[
            { header: "Metric", cell: ({ key }) => <TextLink quiet href={`${pathname}?tab=metrics&metric=${encodeURIComponent(key)}`}><code className="text-sm [overflow-wrap:anywhere]">{key}</code></TextLink> },
            ...(hasCourse ? [{ header: "Course", headerHidden: true, className: "w-px align-middle! max-lg:hidden", cell: ({ key, step }: Metric, index: number) => step > 0 && index < maxSparks && <MetricSpark workspace={workspace} runId={runId} metric={key} /> }] : []),
            { header: "Value", align: "right", title: ({ value }) => String(value), cell: ({ value }) => <b className="font-medium">{formatMetric(value)}</b> },
            { header: "Step", align: "right", title: ({ at }) => at, cell: ({ step }) => <span className="text-fg-3">{step}</span> },
          ]}
        />
      )}
    </Panel>
  );
}

function ParamsPanel({ run: { params } }: { run: RunView }) {
  return (
    <Panel aria-label="Parameters">
      <PanelHeader title="Parameters" note={params.length === 0 ? undefined : `${params.length}`}>
        {params.length > 0 && <CopyButton value={JSON.stringify(Object.fromEntries(params.map(({ key, value }) => [key, value])), null, 2)} label="Copy parameters as JSON" />}
      </PanelHeader>
      {params.length === 0 ? <EmptyState kind="never" icon="sliders" title="No parameter was logged" /> : (
        <FoundTable
          label="Parameters"
          what="parameter"
          rows={params}
          textOf={({ key, value }) => `${key} ${value}`}
          columns={[
            { header: "Parameter", cell: ({ key }) => <code className="text-sm [overflow-wrap:anywhere]">{key}</code> },
            { header: "Value", className: "w-3/5 [overflow-wrap:anywhere]", cell: ({ value }) => <LongText text={value} /> },
          ]}
        />
      )}
    </Panel>
  );
}

type FoundTableProps<Row> = { label: string; what: string; rows: readonly Row[]; textOf: (row: Row) => string; columns: readonly SmallColumn<Row>[] };

/** What a run logged by name; a search comes with many. */
function FoundTable<Row extends { key: string }>({ label, what, rows, textOf, columns }: FoundTableProps<Row>) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  return (
    <>
      {rows.length > manyRows && <PanelBody><SearchInput aria-label={`Find a ${what}`} placeholder={`Find a ${what}`} value={search} onChange={(event) => setSearch(event.target.value)} /></PanelBody>}
      <SmallTable label={label} size="base" sticky className="max-h-[420px]" rows={rows.filter((row) => textOf(row).toLowerCase().includes(wanted))} rowKey={({ key }) => key} columns={columns} />
    </>
  );
}

function VersionsPanel({ workspace, run: { versions } }: { workspace: string; run: RunView }) {
  return (
    <Panel aria-label="Registered versions">
      <PanelHeader title="Registered versions" />
      {versions.length === 0 ? <PanelBody><p className="text-sm text-fg-2">Nothing of this run is registered yet.</p></PanelBody> : (
        <ul>
          {versions.map(({ model, number, status, createdAt }) => (
            <li key={`${model} ${number}`} className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-3.5 py-2 last:border-b-0">
              <TextLink quiet href={versionHref(workspace, model, number)} className="min-w-0 flex-1 [overflow-wrap:anywhere]">{model} v{number}</TextLink>
              {status !== "ready" && <span className="text-sm text-fg-2">{status}</span>}
              <Time value={createdAt} className="text-sm text-fg-3" />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ModelInputsPanel({ workspace, models }: { workspace: string; models: RunView["modelInputs"] }) {
  return (
    <Panel aria-label="Models it read">
      <PanelHeader title="Models it read" />
      <ul>
        {models.map(({ modelId, name, sourceRunId }) => (
          <li key={modelId} className="flex flex-wrap items-baseline gap-x-2 border-b border-line px-3.5 py-2 last:border-b-0">
            <span className="min-w-0 flex-1">{sourceRunId === null ? name : <TextLink quiet href={`/w/${workspace}/runs/${sourceRunId}`}>{name}</TextLink>}</span>
            <Digest value={modelId} label="model id" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const own = (key: string): boolean => !key.startsWith("mlflow.");

function TagsPanel({ tags }: { tags: RunView["tags"] }) {
  const [all, setAll] = useState(false);
  const shown = tags.filter(({ key }) => all || own(key));
  const hidden = tags.length - tags.filter(({ key }) => own(key)).length;
  return (
    <Panel aria-label="Tags">
      <PanelHeader title="Tags" className="flex-nowrap!">
        {hidden > 0 && <button type="button" aria-pressed={all} onClick={() => setAll(!all)} className="text-sm font-medium whitespace-nowrap text-accent hover:underline">{all ? "Hide MLflow's own" : `Show MLflow's ${hidden}`}</button>}
      </PanelHeader>
      <PanelBody>
        {shown.length === 0 ? <p className="text-sm text-fg-2">No tag of your own.</p> : <KeyValues align="left" items={shown.map(({ key, value }) => ({ label: <code className="text-sm [overflow-wrap:anywhere]">{key}</code>, value: <span className="line-clamp-6">{value}</span> }))} />}
      </PanelBody>
    </Panel>
  );
}
