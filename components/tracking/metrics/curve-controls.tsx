"use client";

import { useId } from "react";
import { SegmentedControl } from "@/components/ui/segmented";
import { Checkbox } from "@/components/ui/choice";
import type { CurveOptions, SetCurveOptions } from "./use-curve-options";

const axes = [{ value: "step", label: "Step" }, { value: "relative", label: "Relative time" }, { value: "time", label: "Wall time" }] as const;

/** Axis, scale and smoothing of every curve of the page. */
export function CurveControls({ options, onChange }: { options: CurveOptions; onChange: SetCurveOptions }) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
      <SegmentedControl label="Horizontal axis" value={options.axis} segments={axes} onChange={(axis) => onChange({ axis })} />
      <Checkbox label="Log scale" checked={options.isLog} onChange={(event) => onChange({ isLog: event.target.checked })} className="text-sm" />
      <span className="flex items-center gap-2 text-sm text-fg-2">
        <label htmlFor={id}>Smoothing</label>
        <input id={id} type="range" min={0} max={0.99} step={0.01} value={options.smoothing} onChange={(event) => onChange({ smoothing: Number(event.target.value) })} className="h-6 w-28 cursor-pointer accent-(--accent) max-sm:h-9" />
        <output htmlFor={id} className="w-8">{options.smoothing === 0 ? "off" : options.smoothing.toFixed(2)}</output>
      </span>
    </div>
  );
}
