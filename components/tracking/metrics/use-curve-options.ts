"use client";

import { parseAsBoolean, parseAsFloat, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import type { Span } from "@/components/patterns/curve-scale";
import { seriesAxes, type SeriesAxis } from "@/lib/tracking";

export type CurveOptions = { metric: string | undefined; axis: SeriesAxis; isLog: boolean; smoothing: number; zoom: Span | undefined; search: string };
export type SetCurveOptions = (change: Partial<CurveOptions>) => void;

const parsers = {
  metric: parseAsString,
  axis: parseAsStringLiteral(seriesAxes).withDefault("step"),
  log: parseAsBoolean.withDefault(false),
  smooth: parseAsFloat.withDefault(0),
  from: parseAsFloat,
  to: parseAsFloat,
  names: parseAsString.withDefault(""),
};

/** Options of metric curves; the URL holds them. Another metric or axis forgets the zoom. */
export const useCurveOptions = (): [CurveOptions, SetCurveOptions] => {
  const [state, setState] = useQueryStates(parsers, { history: "replace", throttleMs: 150 });
  const options = useMemo((): CurveOptions => ({
    metric: state.metric ?? undefined,
    axis: state.axis,
    isLog: state.log,
    smoothing: Math.min(0.999, Math.max(0, state.smooth)),
    zoom: state.from !== null && state.to !== null && state.from < state.to ? { from: state.from, to: state.to } : undefined,
    search: state.names,
  }), [state]);
  const set: SetCurveOptions = (change) => {
    const zoom = "zoom" in change ? { from: change.zoom?.from ?? null, to: change.zoom?.to ?? null } : "metric" in change || "axis" in change ? { from: null, to: null } : {};
    void setState({
      ...zoom,
      ...("metric" in change ? { metric: change.metric ?? null } : {}),
      ...(change.axis === undefined ? {} : { axis: change.axis }),
      ...(change.isLog === undefined ? {} : { log: change.isLog }),
      ...(change.smoothing === undefined ? {} : { smooth: change.smoothing }),
      ...(change.search === undefined ? {} : { names: change.search }),
    });
  };
  return [options, set];
};
