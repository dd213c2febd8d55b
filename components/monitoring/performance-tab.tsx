"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { LineBandChart } from "@/components/patterns/line-band-chart";
import { PageColumns } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { cx } from "@/components/ui/cx";
import { formatMs, formatNumber, formatPercent } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import type { PerformanceView } from "@/lib/monitoring";
import { accuracyLimits, accuracyPoints, gapsOf, markersOf, secondsText, volumeOf } from "./chart-data";
import { fetchPerformance, monitoringKeys, pollEveryMs, type Target } from "./queries";

/** Accuracy by labels with its interval, how many predictions have a label and how late it came, and the confusion of classes. */
export function PerformanceTab({ target, range }: { target: Target; range: string }) {
  const query = useQuery({ queryKey: monitoringKeys.tab(target, "performance", range), queryFn: ({ signal }) => fetchPerformance(target, range, signal), placeholderData: keepPreviousData, ...pollWhile(true, pollEveryMs) });
  if (query.data === undefined) return query.error ? <Panel><ErrorState error={query.error} what="performance" onRetry={() => void query.refetch()} /></Panel> : <Skeleton className="h-80" />;
  const view = query.data;
  if (view.accuracy === null) {
    return (
      <Panel>
        <EmptyState
          kind="never"
          icon="hour"
          title={view.coverage.predictions === 0 ? "No prediction in this range" : `No label yet for ${formatNumber(view.coverage.predictions, 0)} predictions`}
          code={{ label: "Send labels", code: `POST /api/slipway/v1/w/${target.workspace}/labels\n{"endpoint": "${target.endpoint}", "environment": "${target.environment}", "items": [{"predictionId": "prd_…", "value": 3}]}` }}
        >
          Labels may come at any time and in any order; each counts in the window of its prediction.
        </EmptyState>
      </Panel>
    );
  }
  return <Performance view={view} accuracy={view.accuracy} />;
}

function Performance({ view, accuracy }: { view: PerformanceView; accuracy: NonNullable<PerformanceView["accuracy"]> }) {
  const limits = accuracyLimits(view.monitor ? [view.monitor] : []);
  return (
    <PageColumns
      railWidth={288}
      rail={
        <Panel>
          <PanelHeader title="Labels" note="of this range" />
          <PanelBody>
            <KeyValues
              items={[
                { label: "Accuracy", value: <b className="font-medium">{formatPercent(accuracy.value)}</b> },
                { label: "95 % interval", value: `${formatPercent(accuracy.lower)} to ${formatPercent(accuracy.upper)}` },
                { label: "Labelled", value: `${formatNumber(view.coverage.labelled, 0)} of ${formatNumber(view.coverage.predictions, 0)}` },
                { label: "Coverage", value: formatPercent(view.coverage.share) },
                { label: "Delay, median", value: formatMs(view.coverage.delayP50Ms) },
                { label: "Delay, 9 of 10", value: formatMs(view.coverage.delayP90Ms) },
              ]}
            />
          </PanelBody>
        </Panel>
      }
    >
      <LineBandChart
        title="Accuracy"
        note={`${secondsText(view.stepSeconds)} windows, 95 % Wilson interval`}
        label={`Accuracy ${formatPercent(accuracy.value)}, ${formatPercent(accuracy.lower)} to ${formatPercent(accuracy.upper)}, n ${formatNumber(accuracy.n, 0)}`}
        series={[{ key: "accuracy", name: "Accuracy", color: "stable", points: accuracyPoints(view.points, limits[0]?.value) }]}
        fromMs={Date.parse(view.from)}
        toMs={Date.parse(view.to)}
        gaps={gapsOf(view.points, view.asOf)}
        markers={markersOf(view)}
        thresholds={limits}
        format={{ kind: "percent" }}
        volume={volumeOf(view.points)}
        legend={null}
        footer={<span>A late label counts in the window of its prediction; dashed where fewer than half have one.</span>}
      />
      <Confusion confusion={view.confusion} />
    </PageColumns>
  );
}

function Confusion({ confusion }: { confusion: PerformanceView["confusion"] }) {
  return (
    <Panel>
      <PanelHeader title="Confusion" note="rows: true class, columns: predicted; shares of the row" />
      <div className="overflow-x-auto px-3.5 py-2.5">
        <table className="border-separate border-spacing-0.5 text-sm">
          <caption className="sr-only">How often each true class was predicted as which</caption>
          <thead>
            <tr>
              <th scope="col" className="pr-2 text-left font-medium text-fg-2">True</th>
              {confusion.classes.map((name) => <th key={name} scope="col" className="min-w-11 px-1 text-center font-medium text-fg-2">{name}</th>)}
              <th scope="col" className="px-2 text-right font-medium text-fg-2">n</th>
            </tr>
          </thead>
          <tbody>
            {confusion.rows.filter((row) => row.total > 0).map((row) => (
              <tr key={row.label}>
                <th scope="row" className="pr-2 text-left font-medium">{row.label}</th>
                {row.counts.map((count, index) => {
                  const predicted = confusion.classes[index] ?? "";
                  const share = count / row.total;
                  return (
                    <td key={predicted} className={cx("rounded-[3px] px-1 py-1 text-center tabular-nums", count === 0 ? "text-fg-3" : predicted === row.label ? "bg-ok-bg text-ok-fg" : share >= 0.05 ? "bg-warn-bg text-warn-fg" : "bg-surface-2")} title={`${row.label} predicted as ${predicted}: ${count}`}>
                      {count === 0 ? "0" : formatPercent(share, 0)}
                    </td>
                  );
                })}
                <td className="px-2 text-right text-fg-2">{formatNumber(row.total, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
