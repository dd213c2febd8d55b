import { useMemo } from "react";
import { EmptyState } from "@/components/patterns/states";
import { formatCount } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { parseCsv } from "./csv";

const maxRows = 500;
const isNumber = (text: string): boolean => text !== "" && Number.isFinite(Number(text));

/** The head of a CSV file as a table. */
export function CsvView({ text, name, isPart }: { text: string; name: string; isPart: boolean }) {
  const { columns, rows, isCut } = useMemo(() => parseCsv(text, maxRows, { isPartial: isPart }), [text, isPart]);
  if (columns.length === 0) return <EmptyState kind="never" icon="table" title="The file holds no table" />;
  return (
    <>
      <ScrollRegion label={name} className="max-h-[68vh]">
        <table className="border-separate border-spacing-0 text-sm whitespace-nowrap">
          <thead>
            <tr>{columns.map((column, index) => <th key={index} scope="col" className="sticky top-0 border-b border-line bg-surface px-2.5 py-1.5 text-left font-medium text-fg-3 first:pl-3.5">{column}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row, at) => <tr key={at}>{row.map((cell, index) => <td key={index} className={`border-b border-line px-2.5 py-1 first:pl-3.5 ${isNumber(cell) ? "text-right tabular-nums" : ""}`}>{cell}</td>)}</tr>)}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="px-3.5 py-1.5 text-sm text-fg-3">{isCut ? `The first ${formatCount(rows.length, "row")}; download the file for all.` : formatCount(rows.length, "row")}, {formatCount(columns.length, "column")}</p>
    </>
  );
}
