import { type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { ScrollRegion } from "@/components/ui/scroll-region";

export type FieldChange = {
  key: string;
  label: ReactNode;
  before: ReactNode;
  after: ReactNode;
  /** Direction and unit in words: "−0.9 pp". */
  change?: ReactNode;
  same?: boolean | undefined;
};

/** Table of fields: now → after. Give the panel around it its title. */
export function FieldDiff({ label, rows, beforeLabel = "Now", afterLabel = "After" }: { label: string; rows: readonly FieldChange[]; beforeLabel?: string | undefined; afterLabel?: string | undefined }) {
  const head = "border-b border-line px-2.5 py-1.5 text-left text-sm font-medium text-fg-3 first:pl-3.5 last:pr-3.5";
  return (
    <ScrollRegion label={label}>
      <table className="w-full border-collapse">
        <thead>
          <tr>
            <th scope="col" className={head}><span className="sr-only">Field</span></th>
            <th scope="col" className={head}>{beforeLabel}</th>
            <th className={cx(head, "max-sm:hidden")} aria-hidden />
            <th scope="col" className={head}>{afterLabel}</th>
            <th scope="col" className={cx(head, "text-right")}>Change</th>
          </tr>
        </thead>
        <tbody className="[&_tr:last-child>*]:border-b-0">
          {rows.map((row) => (
            <tr key={row.key} className={cx(row.same && "text-fg-3")}>
              <th scope="row" className="w-[26%] border-b border-line py-[5px] pr-2.5 pl-3.5 text-left font-normal text-fg-2 max-sm:min-w-28 max-sm:[overflow-wrap:anywhere]">{row.label}</th>
              <td className="border-b border-line px-2.5 py-[5px] text-fg-2 max-sm:[overflow-wrap:anywhere]">{row.before}</td>
              <td className="w-[30px] border-b border-line text-fg-3 max-sm:hidden"><Icon name="fwd" /></td>
              <td className={cx("border-b border-line px-2.5 py-[5px] max-sm:[overflow-wrap:anywhere]", !row.same && "font-medium")}>{row.after}</td>
              <td className={cx("border-b border-line py-[5px] pr-3.5 pl-2.5 text-right whitespace-nowrap", !row.same && "font-medium")}>{row.change ?? (row.same ? "same" : "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

export type DiffLine = { kind: "add" | "del" | "same"; text: string };

const sign = { add: "+", del: "−", same: " " };
const lineTone = { add: "bg-ok-bg text-ok", del: "bg-crit-bg text-crit", same: "text-fg-2" };

/** Lines with + and −, in mono. */
export function LineDiff({ lines, label }: { lines: readonly DiffLine[]; label: string }) {
  return (
    <ScrollRegion label={label} className="rounded-control border border-line font-mono text-[11.5px] leading-5">
      {lines.map((line, index) => (
        <div key={index} className={cx("px-2 whitespace-pre-wrap [overflow-wrap:anywhere]", lineTone[line.kind])}>
          <span className="inline-block w-4" aria-hidden>{sign[line.kind]}</span>
          {line.kind !== "same" && <span className="sr-only">{line.kind === "add" ? "added " : "removed "}</span>}
          {line.text}
        </div>
      ))}
    </ScrollRegion>
  );
}
