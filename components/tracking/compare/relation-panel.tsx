"use client";

import { useMemo, useState } from "react";
import { ChartFrame, LegendKey } from "@/components/patterns/chart-frame";
import { ParallelCoordinates } from "@/components/patterns/parallel-coordinates";
import type { PlotRow } from "@/components/patterns/parallel-types";
import { ScatterChart, type ScatterPoint } from "@/components/patterns/scatter-chart";
import { EmptyState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { SegmentedControl } from "@/components/ui/segmented";
import { useWidth } from "@/components/ui/use-size";
import type { RunKeys } from "@/lib/tracking";
import { ColumnsDialog } from "../runs/columns-dialog";
import { columnOf } from "../runs/columns";
import type { DrawnRun } from "../metrics/run-style";
import { axisOf, passes, positionOn, positionWords } from "./axes";
import type { Row } from "./numbers";
import type { CompareState, SetCompare } from "./use-compare-url";

export type RelationProps = {
  state: CompareState;
  onChange: SetCompare;
  rows: readonly Row[];
  others: readonly Row[];
  /** How many others there are, shown or not. */
  othersWords: string;
  drawn: readonly DrawnRun[];
  axes: readonly string[];
  keys: RunKeys;
  focus: string | undefined;
  onFocus: (runId: string | undefined) => void;
  heightPx: number;
};

/** How parameters go with results: parallel coordinates, or two columns against each other. */
export function RelationPanel(props: RelationProps) {
  const { state, onChange, rows, others, othersWords, drawn, axes: ids, keys, focus, onFocus, heightPx } = props;
  const [ref, widthPx] = useWidth(720);
  const [choosing, setChoosing] = useState(false);
  const all = useMemo(() => [...others, ...rows], [others, rows]);
  const isScatter = state.plot === "scatter";
  const [x, y] = [state.x ?? ids.find((id) => id.startsWith("params.")) ?? ids[0], state.y ?? ids.at(-1)];
  const axes = useMemo(() => ids.map((id) => axisOf(id, all)), [ids, all]);
  const styles = useMemo(() => new Map(drawn.map((run) => [run.runId, run.style])), [drawn]);
  const lines = useMemo(() => all.map((row): PlotRow => ({ key: row.runId, name: row.name, style: styles.get(row.runId), positions: axes.map((axis) => positionOn(axis, row)), isOut: !passes(state.brushes, axes, row) })), [all, axes, styles, state.brushes]);
  const scatter = useMemo(() => (x !== undefined && y !== undefined ? scatterOf(all, x, y, state.color, styles, (row) => !passes(state.brushes, axes, row)) : undefined), [all, x, y, state.color, styles, state.brushes, axes]);
  const options = [...new Set([...keys.params.map((key) => `params.${key}`), ...keys.metrics.map((key) => `metrics.${key}`)])].map((value) => ({ value, label: value.slice(value.indexOf(".") + 1) }));
  const brushed = lines.filter(({ isOut }) => !isOut).length;
  const hasBrush = axes.some(({ id }) => state.brushes[id]);
  const label = isScatter && scatter ? `${scatter.y.label} against ${scatter.x.label} of ${scatter.points.length} runs` : `${lines.length} runs through ${axes.map((axis) => axis.label).join(", ")}${hasBrush ? `; ${brushed} inside the brushes` : ""}`;
  return (
    <ChartFrame
      title="Parameters to result"
      note={isScatter ? `${rows.length} highlighted, ${othersWords}` : `drag on an axis to filter; ${rows.length} highlighted, ${othersWords}`}
      label={label}
      table={{ columns: ["Run", ...axes.map((axis) => axis.label)], rows: [...rows, ...others].map((row) => [row.name, ...axes.map((axis) => wordsAt(axis, row))]) }}
      actions={
        <>
          {hasBrush && !isScatter && <Button size="sm" icon="x" onClick={() => onChange({ brushes: {} })}>Clear {Object.keys(state.brushes).length === 1 ? "brush" : "brushes"}</Button>}
          <SegmentedControl label="Kind of chart" value={state.plot} segments={[{ value: "parallel", label: "Parallel" }, { value: "scatter", label: "Scatter" }]} onChange={(plot) => onChange({ plot })} />
          {!isScatter && <Button variant="ghost" size="sm" iconOnly icon="columns" aria-label="Choose axes" title="Choose axes" onClick={() => setChoosing(true)} />}
        </>
      }
      footer={isScatter && state.color !== undefined ? <span className="flex flex-wrap items-center gap-3">{columnOf(state.color)?.label}: <LegendKey mark="box" color={shade(0)}>least {scatter?.colorEnds?.[0]}</LegendKey><LegendKey mark="box" color={shade(0.5)}>middle</LegendKey><LegendKey mark="box" color={shade(1)}>greatest {scatter?.colorEnds?.[1]}</LegendKey></span> : undefined}
    >
      <div ref={ref} className="mx-1.5 mb-1.5 min-w-0">
        {isScatter && scatter ? (
          <>
            <div className="flex flex-wrap gap-2 px-2 pb-1">
              <AxisSelect label="Across" value={scatter.x.id} options={options} onChange={(value) => onChange({ x: value })} />
              <AxisSelect label="Up" value={scatter.y.id} options={options} onChange={(value) => onChange({ y: value })} />
              <AxisSelect label="Colour" value={state.color ?? ""} options={[{ value: "", label: "by run" }, ...options]} onChange={(value) => onChange({ color: value === "" ? undefined : value })} />
            </div>
            <ScatterChart label={label} x={scatter.x} y={scatter.y} points={scatter.points} words={positionWords} focus={focus} onFocus={onFocus} widthPx={widthPx} heightPx={heightPx - 40} />
          </>
        ) : axes.length === 0 ? (
          <EmptyState kind="never" title="These runs differ in no parameter and have no result yet" action={<Button onClick={() => setChoosing(true)}>Choose axes</Button>} />
        ) : (
          <ParallelCoordinates label={label} axes={axes} rows={lines} brushes={state.brushes} onBrush={(id, brush) => onChange({ brushes: Object.fromEntries([...Object.entries(state.brushes).filter(([key]) => key !== id), ...(brush ? [[id, brush] as const] : [])]) })} words={positionWords} focus={focus} onFocus={onFocus} widthPx={Math.max(widthPx, axes.length * 68 + 30)} heightPx={heightPx} />
        )}
      </div>
      <ColumnsDialog open={choosing} onOpenChange={setChoosing} title="Axes" description={`${ids.length} axes, in the order of this list.`} keys={{ ...keys, tags: [] }} columns={ids.flatMap((id) => columnOf(id) ?? [])} onChange={(columns) => onChange({ axes: columns?.filter(({ group }) => group !== "attributes").map(({ id }) => id) })} />
    </ChartFrame>
  );
}

const wordsAt = (axis: ReturnType<typeof axisOf>, row: Row): string => {
  const position = positionOn(axis, row);
  return position === undefined ? "—" : positionWords(axis, position);
};

type AxisSelectProps = { label: string; value: string; options: readonly { value: string; label: string }[]; onChange: (value: string) => void };

function AxisSelect({ label, value, options, onChange }: AxisSelectProps) {
  const known = options.some((option) => option.value === value) ? options : [{ value, label: value.slice(value.indexOf(".") + 1) }, ...options];
  return (
    <label className="flex items-center gap-1.5 text-sm text-fg-3">
      {label}
      <Select aria-label={label} value={value} options={known} onChange={(event) => onChange(event.target.value)} className="w-36" />
    </label>
  );
}

/** A colour between two that both stand out on the surface. */
const shade = (share: number): string => `color-mix(in oklab, var(--cat-1) ${Math.round(share * 100)}%, var(--cat-2))`;

const scatterOf = (all: readonly Row[], xId: string, yId: string, colorId: string | undefined, styles: ReadonlyMap<string, DrawnRun["style"]>, isOut: (row: Row) => boolean) => {
  const [x, y, color] = [axisOf(xId, all), axisOf(yId, all), colorId === undefined ? undefined : axisOf(colorId, all)];
  const [low, high] = color?.kind === "number" ? [color.from, color.to] : [0, Math.max(1, (color?.kind === "words" ? color.words.length : 1) - 1)];
  const points = all.flatMap((row): ScatterPoint[] => {
    const [placeX, placeY, third] = [positionOn(x, row), positionOn(y, row), color && positionOn(color, row)];
    if (placeX === undefined || placeY === undefined) return [];
    const fill = color && (third === undefined ? "var(--surface)" : shade(high > low ? (third - low) / (high - low) : 0.5));
    return [{ key: row.runId, name: row.name, x: placeX, y: placeY, style: styles.get(row.runId), fill, note: color && `${color.label} ${third === undefined ? "—" : positionWords(color, third)}`, isOut: isOut(row) }];
  });
  return { x, y, points, colorEnds: color && ([positionWords(color, low), positionWords(color, high)] as const) };
};
