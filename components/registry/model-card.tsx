import { EmptyState } from "@/components/patterns/states";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { EvidenceView } from "@/lib/governance";

const titleOf = (key: string): string => {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The current model card among the evidence, section by section as it was written. */
export function ModelCard({ evidence }: { evidence: readonly EvidenceView[] }) {
  const card = evidence.find(({ kind, isCurrent }) => kind === "model_card" && isCurrent);
  if (!card) return <Panel aria-label="Model card"><PanelHeader title="Model card" /><EmptyState kind="never" icon="book" title="No model card yet">Post a document of kind model_card as evidence: what the model is for, its limits, its data, its owners.</EmptyState></Panel>;
  const sections = Object.entries(card.document).filter(([key]) => key !== "kind" && key !== "schemaVersion");
  return (
    <Panel aria-label="Model card">
      <PanelHeader title="Model card" note={card.name}><span className="text-sm text-fg-3">by {card.createdBy}, <Time value={card.createdAt} /></span></PanelHeader>
      <PanelBody className="grid max-w-[760px] gap-4">
        {sections.map(([key, value]) => <section key={key}><h3 className="mb-1 font-semibold">{titleOf(key)}</h3><Value value={value} /></section>)}
      </PanelBody>
    </Panel>
  );
}

function Value({ value }: { value: unknown }) {
  if (Array.isArray(value)) return <ul className="grid list-disc gap-1 pl-4">{value.map((item: unknown, index) => <li key={index}><Value value={item} /></li>)}</ul>;
  if (typeof value === "object" && value !== null) {
    return (
      <dl className="grid gap-x-3.5 gap-y-1 sm:grid-cols-[minmax(120px,auto)_1fr]">
        {Object.entries(value as Record<string, unknown>).map(([key, item]) => <div key={key} className="contents"><dt className="text-fg-3">{titleOf(key)}</dt><dd className="min-w-0 [overflow-wrap:anywhere]"><Value value={item} /></dd></div>)}
      </dl>
    );
  }
  return <span className="text-fg-2 [overflow-wrap:anywhere]">{typeof value === "boolean" ? (value ? "yes" : "no") : String(value)}</span>;
}
