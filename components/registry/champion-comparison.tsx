import { EmptyState } from "@/components/patterns/states";
import { cx } from "@/components/ui/cx";
import { formatNumber } from "@/components/ui/format";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
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
      <ScrollRegion label="Figures with their intervals">
        <table className="w-full min-w-[560px] border-collapse">
          <thead>
            <tr className="text-left text-sm text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium">
              <th scope="col" className="pl-3.5!">Metric</th>
              <th scope="col" className="text-right">v{version}</th>
              {baseline && <th scope="col" className="text-right">{compared === undefined ? "Champion" : `v${compared}`}</th>}
              <th scope="col" className="w-[34%]">95 % intervals</th>
              {baseline && <th scope="col" className="pr-3.5! text-right">Difference</th>}
            </tr>
          </thead>
          <tbody>
            {evaluation.metrics.map((metric) => <MetricRow key={metric.name} metric={metric} baseline={baseline} version={version} />)}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

function MetricRow({ metric, baseline, version }: { metric: Metric; baseline: Evaluation["baseline"]; version: number }) {
  const other = baseline?.metrics.find(({ name }) => name === metric.name);
  const difference = baseline?.difference.name === metric.name ? baseline.difference : undefined;
  return (
    <tr className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 last:[&>td]:border-b-0">
      <td className="pl-3.5!" title={metric.method}>{metric.name}</td>
      <td className="text-right font-semibold">{formatNumber(metric.value, 3)}</td>
      {baseline && <td className="text-right text-fg-2">{formatNumber(other?.value, 3)}</td>}
      <td><Intervals metric={metric} other={other} version={version} /></td>
      {baseline && (
        <td className="pr-3.5! text-right whitespace-nowrap">
          {difference ? <>{formatNumber(difference.value, 3, true)} <span className="text-sm text-fg-3">{rangeOf(difference, true)}</span></> : <span className="text-fg-3">not measured</span>}
        </td>
      )}
    </tr>
  );
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
