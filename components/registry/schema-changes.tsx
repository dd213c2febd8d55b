import type { IconName } from "@/components/ui/icon";
import { Chip } from "@/components/ui/chip";
import { SmallTable } from "@/components/ui/small-table";
import type { Tone } from "@/components/ui/tone";
import type { SchemaChange, VersionComparison } from "@/lib/registry";

const views: Record<VersionComparison["schema"]["verdict"], { tone: Tone; icon: IconName; word: string }> = {
  compatible: { tone: "ok", icon: "okc", word: "Compatible" },
  breaking: { tone: "crit", icon: "octa", word: "Breaks callers" },
  unknown: { tone: "idle", icon: "dash", word: "Not known" },
};
export const schemaView = (verdict: VersionComparison["schema"]["verdict"]) => views[verdict];

const sides: Record<SchemaChange["side"], string> = { input: "Input", output: "Output", param: "Parameter" };
const words: Record<SchemaChange["change"], string> = { added: "added", removed: "removed", type: "type", shape: "shape", required: "need", columns: "columns", default: "default", form: "form of requests" };

/** Changes of a schema, those that break callers first. */
export function SchemaChanges({ changes, beforeLabel, afterLabel }: { changes: readonly SchemaChange[]; beforeLabel: string; afterLabel: string }) {
  return (
    <SmallTable
      label="Changes for callers"
      minWidth="min-w-[600px]"
      rows={changes}
      rowKey={(_, index) => String(index)}
      columns={[
        { header: "What", cell: ({ side, name }) => <>{sides[side]} {name !== "" && <code>{name}</code>}</> },
        { header: "Change", quiet: true, cell: ({ change }) => words[change] },
        { header: beforeLabel, quiet: true, className: "break-words", cell: ({ before }) => before ?? "none" },
        { header: afterLabel, className: "break-words", cell: ({ after }) => after ?? "none" },
        { header: "For callers", cell: ({ breaks, reason }) => <><Chip tone={breaks ? "crit" : "ok"} icon={breaks ? "octa" : "okc"} bare>{breaks ? "Breaks" : "Fine"}</Chip> <span className="text-fg-2">{reason}</span></> },
      ]}
    />
  );
}
