import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { formatBytes, formatCompact } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import type { IconName } from "@/components/ui/icon";
import type { InspectionView } from "@/lib/registry";

const severityView: Record<InspectionView["findings"][number]["severity"], { tone: Tone; icon: IconName; word: string }> = {
  refuse: { tone: "crit", icon: "octa", word: "Refused" },
  quarantine: { tone: "warn", icon: "alert", word: "Needs a waiver" },
  caution: { tone: "warn", icon: "alert", word: "Caution" },
  info: { tone: "idle", icon: "info", word: "Note" },
};

/** What the inspection found, worst first, each with what to do. */
export function FindingsPanel({ inspection }: { inspection: InspectionView | null }) {
  if (!inspection) return <Panel aria-label="Findings"><PanelHeader title="Findings" /><EmptyState kind="never" title="Not inspected">Slipway holds no files of this version, so there was nothing to inspect.</EmptyState></Panel>;
  const isDone = inspection.status === "done";
  return (
    <Panel aria-label="Findings">
      <PanelHeader title="Findings" note={isDone ? `${inspection.findings.length}` : undefined}>
        {isDone && inspection.finishedAt !== null && <span className="text-sm text-fg-3">inspected <Time value={inspection.finishedAt} /></span>}
      </PanelHeader>
      {!isDone && <EmptyState kind="never" icon="spin" title="The inspection is under way">The files are read without being run; this page shows the result by itself.</EmptyState>}
      {isDone && inspection.findings.length === 0 && <PanelBody><Chip tone="ok" icon="okc" bare>Clean: nothing was found against it</Chip></PanelBody>}
      <ul>
        {inspection.findings.map((finding, index) => (
          <li key={`${finding.code}-${index}`} className="flex flex-wrap gap-x-3 gap-y-1 border-b border-line px-3.5 py-2 last:border-b-0">
            <Chip tone={severityView[finding.severity].tone} icon={severityView[finding.severity].icon} bare>{severityView[finding.severity].word}</Chip>
            <span className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
              {finding.message}
              <span className="block text-sm text-fg-3"><code>{finding.code}</code>{finding.path !== "" && <> in <code>{finding.path}</code></>}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const domainOf = (domain: string): string => (domain === "" ? "ai.onnx" : domain);

/** Facts about the model file: producer, opsets, operators, size. */
export function ContentsPanel({ inspection }: { inspection: InspectionView | null }) {
  const summary = inspection?.summary;
  if (!inspection || !summary) return null;
  return (
    <Panel aria-label="What is inside">
      <PanelHeader title="What is inside" note={summary.path} />
      <PanelBody className="grid gap-3">
        <KeyValues
          align="left"
          items={[
            { label: "Producer", value: `${summary.producer.name || "not stated"} ${summary.producer.version}` },
            { label: "Opsets", value: summary.opsets.map(({ domain, version }) => `${domainOf(domain)} ${version}`).join(", ") },
            { label: "ONNX IR", value: summary.irVersion },
            { label: "Parameters", value: formatCompact(summary.parameterCount) },
            { label: "Size", value: formatBytes(summary.sizeBytes) },
            { label: "External data", value: summary.externalData.length === 0 ? "none" : summary.externalData.map(({ path }) => path).join(", ") },
            { label: "Inspector", value: `${inspection.inspector} ${inspection.inspectorVersion}` },
          ]}
        />
        <div>
          <h3 className="mb-1 text-sm font-medium text-fg-3">Operators</h3>
          <ul className="flex flex-wrap gap-1.5">
            {summary.operators.map(({ domain, type, count }) => (
              <li key={`${domain}.${type}`} className="rounded-chip border border-line-2 px-1.5 text-sm text-fg-2" title={domainOf(domain)}><code>{type}</code> {count > 1 && `× ${count}`}</li>
            ))}
          </ul>
        </div>
      </PanelBody>
    </Panel>
  );
}
