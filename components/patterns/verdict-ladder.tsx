import { type ReactNode } from "react";
import { Status } from "@/components/ui/chip";
import { cx } from "@/components/ui/cx";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { toneClass, type StatusView } from "@/components/ui/tone";
import { IntervalBar, ladderX, type Ladder } from "./interval-bar";

export type VerdictRow = {
  key: string;
  metric: ReactNode;
  /** "two-sided guardrail" */
  note?: ReactNode;
  /** Formatted values; "—" where nothing was measured. */
  stable: ReactNode;
  canary: ReactNode;
  /** "+0.01 pp" and "−0.12 to +0.14" */
  difference: ReactNode;
  interval?: ReactNode;
  status: StatusView;
  /** Undefined when there is nothing to draw; then `message` stands in its place. */
  ladder?: Ladder | undefined;
  message?: string | undefined;
  /** The finding in words for screen readers. */
  description: string;
};

export type VerdictLadderProps = {
  label: string;
  rows: readonly VerdictRow[];
  stableLabel?: string | undefined;
  canaryLabel?: string | undefined;
  /** Words over the axis. */
  axis?: { lower: string; zero: string; upper: string } | undefined;
};

const cell = "border-b border-line px-2.5 align-middle first:pl-3.5 last:pr-3.5";
const head = "border-b border-line px-2.5 py-1.5 text-left text-sm font-medium whitespace-nowrap text-fg-3 first:pl-3.5 last:pr-3.5";
/** On phones the metric stays at the left and the verdict at the right while the ladder scrolls between them. */
const stickLeft = "max-sm:sticky max-sm:left-0 max-sm:z-1 max-sm:bg-surface";
const stickRight = "max-sm:sticky max-sm:right-0 max-sm:z-1 max-sm:bg-surface max-sm:pl-2";

/** All guardrails in units of their own limit, so that one line is the limit for every row. */
export function VerdictLadder({ label, rows, stableLabel = "Stable", canaryLabel = "Canary", axis = { lower: "limit", zero: "no change", upper: "limit" } }: VerdictLadderProps) {
  return (
    <ScrollRegion label={label}>
      <table className="w-full border-collapse max-sm:min-w-[700px]">
        <thead>
          <tr>
            <th scope="col" className={cx(head, stickLeft)}>Metric</th>
            <th scope="col" className={cx(head, "text-right")}>{stableLabel}</th>
            <th scope="col" className={cx(head, "text-right")}>{canaryLabel}</th>
            <th scope="col" className="w-[34%] min-w-[230px] border-b border-line px-1.5">
              <span className="sr-only">Interval against the limit</span>
              <span aria-hidden className="relative block h-4 text-xs font-medium text-fg-3">
                {([[-1, axis.lower], [0, axis.zero], [1, axis.upper]] as const).map(([at, word]) => (
                  <span key={at} className="absolute top-px -translate-x-1/2 whitespace-nowrap" style={{ left: `${ladderX(at)}%` }}>{word}</span>
                ))}
              </span>
            </th>
            <th scope="col" className={cx(head, "text-right")}>Difference</th>
            <th scope="col" className={cx(head, stickRight)}>Verdict</th>
          </tr>
        </thead>
        <tbody className="[&_tr:last-child>*]:border-b-0">
          {rows.map((row) => <Row key={row.key} row={row} />)}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ row }: { row: VerdictRow }) {
  const marked = row.status.tone === "warn" || row.status.tone === "crit";
  const tint = marked ? "bg-[color-mix(in_srgb,var(--tone-bg)_45%,var(--surface))]!" : "";
  return (
    <tr className={cx("h-10 leading-4", toneClass[row.status.tone])}>
      <th scope="row" className={cx(cell, stickLeft, tint, "text-left font-normal sm:whitespace-nowrap max-sm:max-w-32")}>
        <span className="font-medium">{row.metric}</span>
        {row.note !== undefined && <span className="block text-sm text-fg-3">{row.note}</span>}
      </th>
      <td className={cx(cell, tint, "text-right whitespace-nowrap")}>{row.stable}</td>
      <td className={cx(cell, tint, "text-right font-semibold whitespace-nowrap")}>{row.canary}</td>
      <td className={cx("border-b border-line px-1.5", tint)}>
        {row.ladder ? <IntervalBar ladder={row.ladder} tone={row.status.tone} label={row.description} /> : <span className="block text-center text-xs text-fg-3">{row.message ?? "no data"}</span>}
      </td>
      <td className={cx(cell, tint, "text-right whitespace-nowrap")}>
        <span className="font-medium">{row.difference}</span>
        {row.interval !== undefined && <span className="block text-sm text-fg-3">{row.interval}</span>}
      </td>
      <td className={cx(cell, stickRight, tint)}><Status status={row.status} /></td>
    </tr>
  );
}
