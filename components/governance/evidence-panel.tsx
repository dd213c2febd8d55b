"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { EvidenceView } from "@/lib/governance";
import { AttachEvidenceDialog } from "./attach-evidence-dialog";
import { DocumentDialog } from "./document-dialog";
import { kindWord } from "./present";
import { fetchEvidence, governanceKeys } from "./queries";

export type EvidenceTarget = { workspace: string; model: string; number: number; /** Why the reader can't attach; undefined where they can. */ blocked: string | undefined };

/** The documents that speak for a version now. */
export function EvidencePanel({ workspace, model, number, blocked, initial }: EvidenceTarget & { initial: readonly EvidenceView[] }) {
  const [opened, setOpened] = useState<string>();
  const { data, error, refetch } = useQuery({ queryKey: governanceKeys.evidence(workspace, model, number), queryFn: ({ signal }) => fetchEvidence(workspace, model, number, signal), initialData: [...initial] });
  const current = data.filter(({ isCurrent }) => isCurrent);
  const former = data.length - current.length;
  return (
    <Panel aria-label="Evidence">
      <PanelHeader title="Evidence" note={former > 0 ? `${former} replaced` : undefined}><AttachButton {...{ workspace, model, number, blocked }} /></PanelHeader>
      {error ? <ErrorState error={error} what="the evidence" onRetry={() => void refetch()} compact /> : (
        <ul className="grid gap-2 px-3.5 py-2.5">
          {current.map((item) => (
            <li key={item.id} className="grid grid-cols-[auto_1fr_auto] items-start gap-2">
              <Icon name="file" className="mt-0.5 text-fg-3" />
              <span className="min-w-0">
                <b className="block font-medium">{kindWord(item.kind)}{item.name !== "default" && `, ${item.name}`}</b>
                <span className="block text-sm text-fg-2">by {item.createdBy}, <Time value={item.createdAt} /></span>
              </span>
              <Button size="sm" onClick={() => setOpened(item.id)} aria-label={`Read ${kindWord(item.kind)}`}>Read</Button>
            </li>
          ))}
          {(["evaluation", "model_card"] as const).filter((kind) => !current.some((item) => item.kind === kind)).map((kind) => (
            <li key={kind} className="grid grid-cols-[auto_1fr] items-start gap-2 text-fg-2"><Icon name="dash" className="mt-0.5 text-fg-3" /><span>{kindWord(kind)} <span className="text-sm text-fg-3">none attached</span></span></li>
          ))}
        </ul>
      )}
      {blocked !== undefined && <PanelBody className="pt-0! text-sm text-fg-3">{blocked}</PanelBody>}
      <DocumentDialog workspace={workspace} id={opened} onClose={() => setOpened(undefined)} />
    </Panel>
  );
}

/** Button that opens the form; absent where the reader may not attach. */
export function AttachButton({ workspace, model, number, blocked }: EvidenceTarget) {
  const [isOpen, setOpen] = useState(false);
  if (blocked !== undefined) return null;
  return (
    <>
      <Button size="sm" icon="plus" onClick={() => setOpen(true)} aria-label="Attach evidence">Attach</Button>
      {isOpen && <AttachEvidenceDialog workspace={workspace} model={model} number={number} onClose={() => setOpen(false)} />}
    </>
  );
}
