import { Stack } from "@/components/patterns/page-header";
import { formatNumber } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Digest } from "@/components/ui/digest";
import { SmallTable } from "@/components/ui/small-table";
import { EvidenceDocument } from "@/lib/governance";
import { wordsOfKey } from "./present";

type Evaluation = Extract<ReturnType<typeof EvidenceDocument.parse>, { kind: "evaluation" }>;
type Metric = Evaluation["metrics"][number];

/** An evidence document as a person reads it: figures as a table, words section by section. */
export function DocumentView({ document }: { document: Record<string, unknown> }) {
  const parsed = EvidenceDocument.safeParse(document);
  return parsed.success && parsed.data.kind === "evaluation" ? <EvaluationView document={parsed.data} /> : <DocumentSections document={document} />;
}

/** The members of a document as sections, as they were written. */
export function DocumentSections({ document }: { document: Record<string, unknown> }) {
  const sections = Object.entries(document).filter(([key]) => key !== "kind" && key !== "schemaVersion");
  return (
    <div className="grid max-w-[760px] gap-4">
      {sections.map(([key, value]) => <section key={key}><h3 className="mb-1 font-semibold">{wordsOfKey(key)}</h3><Value value={value} /></section>)}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  if (Array.isArray(value)) return <ul className="grid list-disc gap-1 pl-4">{value.map((item: unknown, index) => <li key={index}><Value value={item} /></li>)}</ul>;
  if (typeof value === "object" && value !== null) {
    return (
      <dl className="grid gap-x-3.5 gap-y-1 sm:grid-cols-[minmax(120px,auto)_1fr]">
        {Object.entries(value as Record<string, unknown>).map(([key, item]) => <div key={key} className="contents"><dt className="text-fg-3">{wordsOfKey(key)}</dt><dd className="min-w-0 [overflow-wrap:anywhere]"><Value value={item} /></dd></div>)}
      </dl>
    );
  }
  return <span className="text-fg-2 [overflow-wrap:anywhere]">{typeof value === "boolean" ? (value ? "yes" : "no") : String(value)}</span>;
}

function EvaluationView({ document: { dataset, metrics, baseline, producer } }: { document: Evaluation }) {
  return (
    <Stack>
      <KeyValues
        align="left"
        items={[
          { label: "Data", value: `${dataset.name}, ${formatNumber(dataset.rows, 0)} rows` },
          { label: "Digest", value: <Digest value={dataset.digest} /> },
          { label: "Made by", value: producer.version === undefined ? producer.name : `${producer.name} ${producer.version}` },
          ...(baseline ? [{ label: "Compared with", value: `${baseline.model}${baseline.version === undefined ? "" : ` v${baseline.version}`}${baseline.role === undefined ? "" : `, ${baseline.role}`}` }] : []),
        ]}
      />
      <MetricTable label="Measured" metrics={metrics} />
      {baseline && <MetricTable label="Of the other version" metrics={baseline.metrics} />}
      {baseline && <MetricTable label="Difference" metrics={[baseline.difference]} signed />}
    </Stack>
  );
}

function MetricTable({ label, metrics, signed = false }: { label: string; metrics: readonly Metric[]; signed?: boolean }) {
  return (
    <SmallTable
      label={label}
      flush
      minWidth="min-w-[420px]"
      rows={metrics}
      rowKey={({ name }) => name}
      columns={[
        { header: label, cell: ({ name }) => name },
        { header: "Value", align: "right", cell: ({ value }) => <b className="font-medium">{formatNumber(value, 4, signed)}</b> },
        { header: "Interval", quiet: true, className: "whitespace-nowrap", cell: ({ lower, upper }) => (lower === undefined || upper === undefined ? "not given" : `${formatNumber(lower, 4, signed)} to ${formatNumber(upper, 4, signed)}`) },
        { header: "n", align: "right", cell: ({ n }) => formatNumber(n, 0) },
        { header: "Method", quiet: true, cell: ({ method }) => method ?? "not given" },
      ]}
    />
  );
}
