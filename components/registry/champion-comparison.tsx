import { EmptyState } from "@/components/patterns/states";
import { cx } from "@/components/ui/cx";
import { formatNumber } from "@/components/ui/format";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import { EvidenceDocument, type EvidenceView } from "@/lib/governance";

type Metric = { name: string; value: number; lower?: number | undefined; upper?: number | undefined; n: number; method?: string | undefined };
type Evaluation = { dataset: { name: string; rows: number }; metrics: Metric[]; baseline?: { version?: number | undefined; model: string; metrics: Metric[]; difference: Metric } | undefined };

const evaluationOf = (evidence: readonly EvidenceView[]): Evaluation | undefined => {
  for (const { document, isCurrent } of evidence) {
    const parsed = isCurrent ? EvidenceDocument.safeParse(document) : undefined;
    if (parsed?.success && parsed.data.kind === "evaluation") return parsed.data;
  }
  return undefined;
};

/** The newest evaluation document against the champion that it names: every figure with its interval, differences only where they were measured. */
export function ChampionComparison({ evidence, version, champion }: { evidence: readonly EvidenceView[]; version: number; champion: number | undefined }) {
  const evaluation = evaluationOf(evidence);
  if (!evaluation) {
    return (
      <Panel aria-label="Evaluation">
        <PanelHeader title={champion === undefined || champion === version ? "Evaluation" : `Against champion v${champion}`} />
        <EmptyState kind="never" title="No evaluation yet">Post an evaluation document as evidence of this version; its figures appear here with their intervals.</EmptyState>
      </Panel>
    );
  }
  const { baseline, dataset } = evaluation;
  const compared = baseline?.version ?? champion;
  const title = baseline ? `Against champion${compared === undefined ? "" : ` v${compared}`}` : "Evaluation";
  return (
    <Panel aria-label={title}>
      <PanelHeader title={title} note={`${dataset.name}, ${formatNumber(dataset.rows, 0)} rows`} />
      <SmallTable
        label="Figures with their intervals"
        size="base"
        minWidth="min-w-[560px]"
        rows={evaluation.metrics}
        rowKey={({ name }) => name}
        columns={[
          { header: "Metric", title: ({ method }) => method, cell: ({ name }) => name },
          { header: `v${version}`, align: "right", cell: ({ value }) => <b className="font-semibold">{formatNumber(value, 3)}</b> },
          ...(baseline ? [{ header: compared === undefined ? "Champion" : `v${compared}`, align: "right" as const, quiet: true, cell: (metric: Metric) => formatNumber(otherOf(baseline, metric)?.value, 3) }] : []),
          { header: "95 % intervals", className: "w-[34%] align-middle!", cell: (metric) => <Intervals metric={metric} other={otherOf(baseline, metric)} version={version} /> },
          ...(baseline ? [{ header: "Difference", align: "right" as const, cell: (metric: Metric) => <Difference difference={baseline.difference.name === metric.name ? baseline.difference : undefined} /> }] : []),
        ]}
      />
    </Panel>
  );
}

const otherOf = (baseline: Evaluation["baseline"], { name }: Metric): Metric | undefined => baseline?.metrics.find((metric) => metric.name === name);

function Difference({ difference }: { difference: Metric | undefined }) {
  if (!difference) return <span className="text-fg-3">not measured</span>;
  return <>{formatNumber(difference.value, 3, true)} <span className="text-sm text-fg-3">{rangeOf(difference, true)}</span></>;
}

const rangeOf = ({ lower, upper }: Metric, signed = false): string => (lower === undefined || upper === undefined ? "no interval" : `${formatNumber(lower, 3, signed)} to ${formatNumber(upper, 3, signed)}`);

/** Both intervals on one scale: this version above, the champion below. */
function Intervals({ metric, other, version }: { metric: Metric; other: Metric | undefined; version: number }) {
  const ends = [metric, other].flatMap((item) => (item ? [item.lower ?? item.value, item.upper ?? item.value] : []));
  const low = Math.min(...ends);
  const span = Math.max(...ends) - low || 1;
  const at = (value: number): number => 4 + ((value - low) / span) * 92;
  const label = `v${version} ${formatNumber(metric.value, 3)}, ${rangeOf(metric)}${other ? `; champion ${formatNumber(other.value, 3)}, ${rangeOf(other)}` : ""}`;
  return (
    <div role="img" aria-label={label} className="relative h-6">
      <Line at={at} metric={metric} className="top-[7px] text-canary" />
      {other && <Line at={at} metric={other} className="top-[17px] text-stable" />}
    </div>
  );
}

function Line({ at, metric, className }: { at: (value: number) => number; metric: Metric; className: string }) {
  const left = at(metric.lower ?? metric.value);
  return (
    <span className={cx("absolute inset-x-0 h-0", className)}>
      <span className="absolute h-[2px] -translate-y-1/2 bg-current" style={{ left: `${left}%`, width: `${at(metric.upper ?? metric.value) - left}%` }} />
      <span className="absolute size-2 -translate-1/2 rounded-full border-2 border-current bg-surface" style={{ left: `${at(metric.value)}%` }} />
    </span>
  );
}
