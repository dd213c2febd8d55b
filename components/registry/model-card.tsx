import { type ReactNode } from "react";
import { DocumentSections } from "@/components/governance/document-view";
import { EmptyState } from "@/components/patterns/states";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { EvidenceView } from "@/lib/governance";

/** The current model card among the evidence, section by section as it was written. `action` attaches one. */
export function ModelCard({ evidence, action }: { evidence: readonly EvidenceView[]; action?: ReactNode }) {
  const card = evidence.find(({ kind, isCurrent }) => kind === "model_card" && isCurrent);
  if (!card) return <Panel aria-label="Model card"><PanelHeader title="Model card" /><EmptyState kind="never" icon="book" title="No model card yet" action={action}>It says what the model is for, its limits, its data and its owners.</EmptyState></Panel>;
  return (
    <Panel aria-label="Model card">
      <PanelHeader title="Model card" note={card.name === "default" ? undefined : card.name}><span className="text-sm text-fg-3">by {card.createdBy}, <Time value={card.createdAt} /></span>{action}</PanelHeader>
      <PanelBody><DocumentSections document={card.document} /></PanelBody>
    </Panel>
  );
}
