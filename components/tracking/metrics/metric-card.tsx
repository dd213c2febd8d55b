"use client";

import { useMemo } from "react";
import { CurvePlot } from "@/components/patterns/curve-plot";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatCount } from "@/components/ui/format";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/time";
import { ValueBars } from "./value-bars";
import { toLines } from "./series";
import { type DrawnRun } from "./run-style";
import { useMetricSeries } from "./use-metric-series";
import type { CurveOptions } from "./use-curve-options";

export const cardHeightPx = 214;
const plotHeightPx = 168;

type CardProps = { workspace: string; metric: string; runs: readonly DrawnRun[]; options: CurveOptions; widthPx: number; focus: string | undefined; onOpen: () => void };

/** A metric, small; of metrics that were logged once, the values as bars. */
export function MetricCard({ workspace, metric, runs, options, widthPx, focus, onOpen }: CardProps) {
  const { local } = useNow();
  const runIds = useMemo(() => runs.map(({ runId }) => runId), [runs]);
  const query = useMetricSeries({ workspace, runIds, metric, axis: options.axis, buckets: 150, zoom: undefined });
  const lines = useMemo(() => (query.data ? toLines(query.data, runs, options.smoothing) : []), [query.data, runs, options.smoothing]);
  const domain = query.data?.domain;
  const span = domain && domain.to > domain.from ? domain : { from: (domain?.from ?? 0) - 1, to: (domain?.to ?? 0) + 1 };
  const single = lines.length > 0 && lines.every(({ curve }) => curve.x.length <= 1);
  return (
    <Panel className="flex flex-col overflow-hidden" aria-label={metric}>
      <header className="flex h-9 items-center gap-2 pr-1.5 pl-3">
        <h3 className="min-w-0 flex-1 truncate font-mono text-sm font-medium" title={metric}>{metric.slice(metric.lastIndexOf("/") + 1)}</h3>
        <Button variant="ghost" size="sm" iconOnly icon="expand" aria-label={`Enlarge ${metric}`} title="Enlarge" onClick={onOpen} />
      </header>
      <div style={{ height: plotHeightPx }} className={cx("px-1", query.isPlaceholderData && "opacity-60")}>
        {query.data ? (
          single ? <ValueBars lines={lines} heightPx={plotHeightPx} focus={focus} />
          : <CurvePlot label={`${metric} of ${formatCount(lines.length, "run")}`} lines={lines} axis={options.axis} span={span} isLog={options.isLog} widthPx={Math.max(120, widthPx - 10)} heightPx={plotHeightPx} focus={focus} zone={local ? undefined : "UTC"} />
        ) : query.error ? (
          <ErrorState error={query.error} what={metric} onRetry={() => void query.refetch()} compact />
        ) : (
          <div aria-busy className="size-full p-2"><Skeleton className="size-full" /></div>
        )}
      </div>
    </Panel>
  );
}
