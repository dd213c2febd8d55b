"use client";

import { usePathname } from "next/navigation";
import { useMemo, useState } from "react";
import { PageColumns, Pair } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { CopyButton } from "@/components/ui/copy-button";
import { Digest } from "@/components/ui/digest";
import { SearchInput } from "@/components/ui/input";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Time } from "@/components/ui/time";
import type { RunView } from "@/lib/tracking";
import type { TrackingRights } from "../queries";
import { formatMetric } from "../values";
import { ChildrenPanel } from "./children-panel";
import { DatasetsPanel } from "./datasets-panel";
import { MetricSpark } from "./metric-spark";
import { NotePanel } from "./note-panel";

type Props = { workspace: string; run: RunView; rights: TrackingRights };

/** What a run was given, what it reached, and what it belongs to. */
export function RunOverview({ workspace, run, rights }: Props) {
  return (
    <PageColumns rail={<><VersionsPanel workspace={workspace} run={run} /><DatasetsPanel datasets={run.datasets} />{run.modelInputs.length > 0 && <ModelInputsPanel workspace={workspace} models={run.modelInputs} />}<TagsPanel tags={run.tags} /></>}>
      <NotePanel workspace={workspace} run={run} canWrite={rights.write === undefined && run.stage === "active"} />
      <Pair><MetricsPanel workspace={workspace} run={run} /><ParamsPanel run={run} /></Pair>
      {run.childCount > 0 && <ChildrenPanel workspace={workspace} run={run} />}
    </PageColumns>
  );
}

const manyRows = 12;
const cells = "[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 [&>td]:align-top last:[&>td]:border-b-0";
const heads = "text-left text-sm text-fg-3 [&>th]:sticky [&>th]:top-0 [&>th]:border-b [&>th]:border-line [&>th]:bg-surface [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium";

/** So many curves are read for the overview; the rest are under Metrics. */
const maxSparks = 12;

function MetricsPanel({ workspace, run: { runId, metrics } }: { workspace: string; run: RunView }) {
  const pathname = usePathname();
  const [search, setSearch] = useState("");
  const found = useMemo(() => metrics.filter(({ key }) => key.toLowerCase().includes(search.trim().toLowerCase())), [metrics, search]);
  const hasCourse = metrics.some(({ step }) => step > 0);
  return (
    <Panel aria-label="Metrics">
      <PanelHeader title="Metrics" note={metrics.length === 0 ? undefined : `${metrics.length}, last values`}>
        {metrics.length > 0 && <TextLink href={`${pathname}?tab=metrics`}>Curves</TextLink>}
      </PanelHeader>
      {metrics.length === 0 ? <EmptyState kind="never" icon="pulse" title="No metric was logged" /> : (
        <>
          {metrics.length > manyRows && <PanelBody><SearchInput aria-label="Find a metric" placeholder="Find a metric" value={search} onChange={(event) => setSearch(event.target.value)} /></PanelBody>}
          <ScrollRegion label="Metrics and their last values" className="max-h-[420px]">
            <table className="w-full border-separate border-spacing-0">
              <thead><tr className={heads}><th scope="col" className="pl-3.5!">Metric</th>{hasCourse && <th scope="col" className="max-lg:hidden"><span className="sr-only">Course</span></th>}<th scope="col" className="text-right">Value</th><th scope="col" className="pr-3.5! text-right">Step</th></tr></thead>
              <tbody>
                {found.map(({ key, value, step, at }, index) => (
                  <tr key={key} className={cells}>
                    <td className="pl-3.5!"><TextLink quiet href={`${pathname}?tab=metrics&metric=${encodeURIComponent(key)}`}><code className="text-sm [overflow-wrap:anywhere]">{key}</code></TextLink></td>
                    {hasCourse && <td className="w-px max-lg:hidden">{step > 0 && index < maxSparks && <MetricSpark workspace={workspace} runId={runId} metric={key} />}</td>}
                    <td className="text-right font-medium whitespace-nowrap" title={String(value)}>{formatMetric(value)}</td>
                    <td className="pr-3.5! text-right whitespace-nowrap text-fg-3"><span title={at}>{step}</span></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </>
      )}
    </Panel>
  );
}

function ParamsPanel({ run: { params } }: { run: RunView }) {
  const [search, setSearch] = useState("");
  const found = useMemo(() => params.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(search.trim().toLowerCase())), [params, search]);
  return (
    <Panel aria-label="Parameters">
      <PanelHeader title="Parameters" note={params.length === 0 ? undefined : `${params.length}`}>
        {params.length > 0 && <CopyButton value={JSON.stringify(Object.fromEntries(params.map(({ key, value }) => [key, value])), null, 2)} label="Copy parameters as JSON" />}
      </PanelHeader>
      {params.length === 0 ? <EmptyState kind="never" icon="sliders" title="No parameter was logged" /> : (
        <>
          {params.length > manyRows && <PanelBody><SearchInput aria-label="Find a parameter" placeholder="Find a parameter" value={search} onChange={(event) => setSearch(event.target.value)} /></PanelBody>}
          <ScrollRegion label="Parameters" className="max-h-[420px]">
            <table className="w-full border-separate border-spacing-0">
              <thead><tr className={heads}><th scope="col" className="pl-3.5!">Parameter</th><th scope="col" className="pr-3.5!">Value</th></tr></thead>
              <tbody>
                {found.map(({ key, value }) => (
                  <tr key={key} className={cells}>
                    <td className="pl-3.5!"><code className="text-sm [overflow-wrap:anywhere]">{key}</code></td>
                    <td className="pr-3.5! [overflow-wrap:anywhere]">{value}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </>
      )}
    </Panel>
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
              <TextLink quiet href={`/w/${workspace}/models/${encodeURIComponent(model)}/${number}`} className="min-w-0 flex-1 [overflow-wrap:anywhere]">{model} v{number}</TextLink>
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
