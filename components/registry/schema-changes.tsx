import type { IconName } from "@/components/ui/icon";
import { Chip } from "@/components/ui/chip";
import { ScrollRegion } from "@/components/ui/scroll-region";
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
    <ScrollRegion label="Changes for callers">
      <table className="w-full min-w-[600px] border-collapse text-sm">
        <thead>
          <tr className="text-left text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className="pl-3.5!">What</th>
            <th scope="col">Change</th>
            <th scope="col">{beforeLabel}</th>
            <th scope="col">{afterLabel}</th>
            <th scope="col" className="pr-3.5!">For callers</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change, index) => (
            <tr key={index} className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 [&>td]:align-top last:[&>td]:border-b-0">
              <td className="pl-3.5!">{sides[change.side]} {change.name !== "" && <code>{change.name}</code>}</td>
              <td className="text-fg-2">{words[change.change]}</td>
              <td className="text-fg-2 [overflow-wrap:anywhere]">{change.before ?? "none"}</td>
              <td className="[overflow-wrap:anywhere]">{change.after ?? "none"}</td>
              <td className="pr-3.5!"><Chip tone={change.breaks ? "crit" : "ok"} icon={change.breaks ? "octa" : "okc"} bare>{change.breaks ? "Breaks" : "Fine"}</Chip> <span className="text-fg-2">{change.reason}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
