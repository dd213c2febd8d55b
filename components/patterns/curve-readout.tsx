"use client";

import { useEffect } from "react";
import { formatNumber } from "@/components/ui/format";
import { LineSwatch } from "./curve-marks";
import { nearestIndex, type Scale, type Span } from "./curve-scale";
import { type CurveAxis, type CurveLine } from "./curve-types";
import { placeWords, valueWords } from "./curve-words";

type ReadoutProps = {
  lines: readonly CurveLine[];
  at: number;
  atPx: number;
  pointerPx: number | undefined;
  up: Scale;
  axis: CurveAxis;
  span: Span;
  zone: string | undefined;
  widthPx: number;
  resolution: number;
  focus: string | undefined;
  onNear: (key: string | undefined) => void;
};

const maxRows = 12;

/** What every line says near one place, greatest first; of reduced lines the mean with how many points it is of and their extremes. */
export function CurveReadout({ lines, at, atPx, pointerPx, up, axis, span, zone, widthPx, resolution, focus, onNear }: ReadoutProps) {
  const reach = (span.to - span.from) / 50;
  const rows = lines
    .flatMap((line) => {
      const { x, value, n, min, max } = line.readings;
      const index = nearestIndex(x, at);
      const place = x[index];
      if (place === undefined || Math.abs(place - at) > reach) return [];
      return [{ line, place, value: value[index] ?? NaN, n: n[index] ?? 1, min: min[index] ?? NaN, max: max[index] ?? NaN }];
    })
    .sort((a, b) => b.value - a.value);
  const distance = (value: number): number => (pointerPx === undefined ? Infinity : Math.abs(up.toPx(value) - pointerPx));
  const nearest = rows.reduce<(typeof rows)[number] | undefined>((best, row) => (distance(row.value) < (best ? distance(best.value) : 24) ? row : best), undefined)?.line.key;
  useEffect(() => {
    onNear(nearest);
    return () => onNear(undefined);
  }, [nearest, onNear]);
  const chosen = focus ?? nearest;
  const first = Math.max(0, Math.min(rows.length - maxRows, rows.findIndex(({ line }) => line.key === chosen) - maxRows / 2));
  const isLeft = atPx > widthPx * 0.55;
  const fine = resolution / 20;
  return (
    <div role="status" style={isLeft ? { right: widthPx - atPx + 12 } : { left: atPx + 12 }} className="pointer-events-none absolute top-2 z-10 max-w-[min(340px,92%)] rounded-lg border border-line-2 bg-surface px-2.5 py-[7px] text-[11.5px] leading-4 shadow-float">
      <b className="font-semibold">{placeWords(axis, at, span, zone)}</b>
      <table className="mt-[3px] border-collapse">
        <tbody>
          {rows.slice(first, first + maxRows).map(({ line, value, n, min, max }) => (
            <tr key={line.key} className={line.key === chosen ? "font-semibold" : undefined}>
              <td className="pr-1.5 align-middle"><LineSwatch style={line.style} /></td>
              <th scope="row" className="max-w-36 truncate pr-2.5 text-left font-[inherit] text-fg-2">{line.name}</th>
              <td className="text-right whitespace-nowrap">{valueWords(value, fine)}</td>
              {n > 1 && <td className="pl-2 text-right font-normal whitespace-nowrap text-fg-3">{valueWords(min, fine)} to {valueWords(max, fine)}, n {formatNumber(n, 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > maxRows && <p className="mt-0.5 text-fg-3">and {rows.length - maxRows} more</p>}
    </div>
  );
}
