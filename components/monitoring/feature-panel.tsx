"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { DistributionChart } from "@/components/patterns/distribution-chart";
import { ErrorState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { formatCount, formatNumber } from "@/components/ui/format";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { SmallTable } from "@/components/ui/small-table";
import type { FeatureView } from "@/lib/monitoring";
import { spanOf } from "./chart-data";
import { fetchFeature, monitoringKeys, type Target } from "./queries";

type FeaturePanelProps = { target: Target; feature: string; window: string };

/** One feature in one window: shares on the reference's bins, what no bin holds, and every test with its limit. */
export function FeaturePanel({ target, feature, window }: FeaturePanelProps) {
  const query = useQuery({ queryKey: monitoringKeys.feature(target, feature, window), queryFn: ({ signal }) => fetchFeature(target, feature, window, signal), placeholderData: keepPreviousData });
  if (query.error) return <Panel><ErrorState error={query.error} what={feature} onRetry={() => void query.refetch()} compact /></Panel>;
  if (query.data === undefined) return <Skeleton className="h-80" />;
  return <Feature view={query.data} />;
}

const shiftText = ({ means }: FeatureView): string =>
  means.shift === null || means.reference === null || means.current === null ? "" : `Mean ${formatNumber(means.reference)} → ${formatNumber(means.current)} (${formatNumber(means.shift, 1, true)}σ).`;

const verdicts = { over: { tone: "crit", icon: "octa", word: "Over" }, within: { tone: "ok", icon: "okc", word: "Within" }, none: { tone: "idle", icon: "dash", word: "Shown" } } as const;
/** Drift alone is a warning, never critical. */
const toneOf = (verdict: keyof typeof verdicts) => (verdict === "over" ? "warn" : verdicts[verdict].tone);

/** Tiny p-values keep their order of magnitude. */
const statisticText = (value: number | null): string => (value !== null && value > 0 && value < 1e-4 ? value.toExponential(1).replace("-", "−") : formatNumber(value, 3));

function Feature({ view }: { view: FeatureView }) {
  const over = view.tests.at(-1)?.verdict === "over";
  return (
    <Panel aria-label={`${view.feature} against its reference`}>
      <DistributionChart
        bare
        title={<span className="font-mono">{view.feature}</span>}
        note={`${spanOf(view.window.start, view.window.end)}${view.version === null ? "" : `, v${view.version}`}`}
        label={`${view.feature} is ${over ? "over" : "within"} its limit. ${shiftText(view)}`}
        bins={view.bins.map((bin) => ({ key: bin.label, ...bin }))}
        apart={view.beside.map((bin) => ({ key: bin.label, ...bin }))}
        referenceName={`reference, ${formatCount(view.n.reference, "row")}`}
        currentName={`current, ${formatCount(view.n.current, "row")}`}
      />
      <p className="px-3.5 pb-2 text-sm text-fg-2">{shiftText(view)}</p>
      <SmallTable
        label={`Tests of ${view.feature}, on the same bins`}
        className="border-t border-line"
        rows={view.tests}
        rowKey={({ name }) => name}
        columns={[
          { header: `Test, same ${view.bins.length} bins`, cell: ({ name, note, n }) => <>{name}<span className="block text-xs text-fg-3">{note}, n {formatNumber(n, 0)}</span></> },
          { header: "Value", align: "right", cell: ({ value }) => <b className="font-medium">{statisticText(value)}</b> },
          { header: "Limit", align: "right", quiet: true, cell: ({ limit }) => limit },
          { header: "Verdict", cell: ({ verdict }) => <Chip bare tone={toneOf(verdict)} icon={verdict === "over" ? "alert" : verdicts[verdict].icon}>{verdicts[verdict].word}</Chip> },
        ]}
      />
    </Panel>
  );
}
