import { spreadLabels, type Scale } from "./curve-scale";
import { type CurveLine } from "./curve-types";

type LabelsProps = { lines: readonly CurveLine[]; across: Scale; up: Scale; right: number; top: number; bottom: number; widthPx: number; focus: string | undefined };

const heightPx = 14;
const fit = (text: string, widthPx: number): string => {
  const letters = Math.floor(widthPx / 6.1);
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
};

/** Names at the right of a chart, each joined to the end of its line. */
export function CurveLabels({ lines, across, up, right, top, bottom, widthPx, focus }: LabelsProps) {
  const ends = lines.flatMap((line) => {
    const at = line.curve.x.findLastIndex((x) => x <= across.span.to);
    const [x, y] = [across.toPx(line.curve.x[at] ?? NaN), up.toPx(line.curve.y[at] ?? NaN)];
    return Number.isFinite(x) && Number.isFinite(y) ? [{ line, x: Math.min(right, x), y: Math.min(bottom, Math.max(top, y)) }] : [];
  });
  const places = spreadLabels(ends.map(({ y }) => y), heightPx, top + 5, bottom - 5);
  return (
    <g aria-hidden>
      {ends.map(({ line, x, y }, index) => {
        const place = places[index] ?? y;
        const faded = focus !== undefined && focus !== line.key;
        return (
          <g key={line.key} opacity={faded ? 0.35 : 1}>
            <path d={`M${x + 4} ${y}L${right + 12} ${place}`} stroke="var(--border-2)" fill="none" />
            <path d={`M${right + 14} ${place}h10`} stroke={line.style.color} strokeWidth={2.4} strokeDasharray={line.style.dash} />
            <text x={right + 28} y={place + 4} fontSize={11} fontWeight={focus === line.key ? 600 : 400} fill="var(--fg)">{fit(line.name, widthPx - 30)}</text>
          </g>
        );
      })}
    </g>
  );
}
