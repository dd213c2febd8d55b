"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { formatCount } from "@/components/ui/format";
import { useWidth } from "@/components/ui/use-size";
import { cardHeightPx, MetricCard } from "./metric-card";
import { gridRows, type MetricGroup } from "./metric-groups";
import { type DrawnRun } from "./run-style";
import type { CurveOptions } from "./use-curve-options";

type GridProps = { workspace: string; groups: readonly MetricGroup[]; runs: readonly DrawnRun[]; options: CurveOptions; focus: string | undefined; onOpen: (metric: string) => void };

const [gapPx, headingPx] = [12, 34];

/** Metrics as small charts under the headings of their prefixes; only those near the window are drawn and read. */
export function MetricGrid({ workspace, groups, runs, options, focus, onOpen }: GridProps) {
  const [measure, widthPx] = useWidth(960);
  const frame = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  const columns = Math.max(1, Math.min(4, Math.floor((widthPx + gapPx) / 300)));
  const rows = useMemo(() => gridRows(groups, columns), [groups, columns]);
  useEffect(() => setScrollMargin((frame.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [rows, widthPx, options.metric]);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: (index) => (rows[index]?.kind === "heading" ? headingPx : cardHeightPx + gapPx), getItemKey: (index) => rows[index]?.key ?? index, overscan: 2, scrollMargin });
  const cardPx = (widthPx - gapPx * (columns - 1)) / columns;
  return (
    <div ref={measure}>
      <div ref={frame} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div key={item.key} className="absolute inset-x-0 top-0" style={{ height: item.size, transform: `translateY(${item.start - scrollMargin}px)` }}>
              {row.kind === "heading" ? (
                <h2 className="flex h-full items-center gap-2 font-semibold">{row.prefix === "" ? "Metrics" : <code className="text-[12.5px]">{row.prefix}/</code>}<span className="text-sm font-normal text-fg-3">{formatCount(row.count, "metric")}</span></h2>
              ) : (
                <div className="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, columnGap: gapPx }}>
                  {row.metrics.map((metric) => <MetricCard key={metric} workspace={workspace} metric={metric} runs={runs} options={options} widthPx={cardPx} focus={focus} onOpen={() => onOpen(metric)} />)}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
