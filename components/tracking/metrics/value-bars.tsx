import type { CurveLine } from "@/components/patterns/curve-types";
import { cx } from "@/components/ui/cx";
import { formatFigure } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll-region";

/** Values of a metric that each run logged once, as bars from zero; of one run as a number, since a bar beside nothing says nothing. */
export function ValueBars({ lines, heightPx, focus }: { lines: readonly CurveLine[]; heightPx: number; focus: string | undefined }) {
  const rows = lines.map((line) => ({ line, value: line.readings.value[0] ?? (line.gaps.kind[0] === "nan" ? NaN : line.gaps.kind[0] === "inf" ? Infinity : -Infinity) }));
  const [only] = rows;
  if (only && rows.length === 1) {
    return (
      <p style={{ height: heightPx }} className="grid content-center justify-items-center gap-0.5 pb-5 text-center">
        <b className="text-xl font-semibold">{formatFigure(only.value)}</b>
        <span className="text-sm text-fg-3">logged once</span>
      </p>
    );
  }
  const finite = rows.map(({ value }) => value).filter((value) => Number.isFinite(value));
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  // Halves, so that the widest doubles don't make the width infinite.
  const width = high / 2 - low / 2 || 1;
  const share = (value: number): number => ((value / 2 - low / 2) / width) * 100;
  return (
    <ScrollRegion label="Values by run" style={{ height: heightPx }} className="overflow-y-auto px-2">
      <table className="w-full border-collapse text-sm">
        <tbody>
          {rows.map(({ line, value }) => (
            <tr key={line.key} className={cx("h-[21px]", focus !== undefined && focus !== line.key && "opacity-40")}>
              <th scope="row" className="max-w-28 truncate pr-2 text-left font-normal text-fg-2">{line.name}</th>
              <td className="w-full">
                <span className="relative block h-3 rounded-[3px] bg-surface-2">
                  {Number.isFinite(value) && <i aria-hidden className="absolute inset-y-0 rounded-[3px]" style={{ left: `${Math.min(share(0), share(value))}%`, width: `${Math.max(0.6, Math.abs(share(value) - share(0)))}%`, background: line.style.faint ? "var(--fg-3)" : line.style.color, opacity: line.style.faint ? 0.45 : 1 }} />}
                </span>
              </td>
              <td className="pl-2 text-right whitespace-nowrap">{formatFigure(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
