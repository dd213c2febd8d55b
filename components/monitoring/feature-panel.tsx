"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { DistributionChart } from "@/components/patterns/distribution-chart";
import { ErrorState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { formatCount, formatNumber } from "@/components/ui/format";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
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
      <div className="overflow-x-auto">
        <table className="w-full border-t border-line text-sm">
          <caption className="sr-only">Tests of {view.feature}, on the same bins</caption>
          <thead>
            <tr className="text-left text-fg-2">
              <th scope="col" className="px-3.5 py-1.5 font-medium">Test, same {view.bins.length} bins</th>
              <th scope="col" className="px-2 py-1.5 text-right font-medium">Value</th>
              <th scope="col" className="px-2 py-1.5 text-right font-medium">Limit</th>
              <th scope="col" className="px-3.5 py-1.5 font-medium">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {view.tests.map((test) => (
              <tr key={test.name} className="border-t border-line">
                <th scope="row" className="px-3.5 py-1.5 text-left font-normal">{test.name}<span className="block text-xs text-fg-3">{test.note}, n {formatNumber(test.n, 0)}</span></th>
                <td className="px-2 py-1.5 text-right font-medium">{test.value !== null && test.value > 0 && test.value < 1e-4 ? test.value.toExponential(1).replace("-", "−") : formatNumber(test.value, 3)}</td>
                <td className="px-2 py-1.5 text-right text-fg-2">{test.limit}</td>
                <td className="px-3.5 py-1.5"><Chip bare tone={toneOf(test.verdict)} icon={test.verdict === "over" ? "alert" : verdicts[test.verdict].icon}>{verdicts[test.verdict].word}</Chip></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
