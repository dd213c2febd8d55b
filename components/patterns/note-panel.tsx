"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { capitalize, formatNumber } from "@/components/ui/format";
import { Textarea } from "@/components/ui/input";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { useWork } from "@/components/ui/use-work";

const Markdown = dynamic(() => import("./markdown").then((module) => module.Markdown));

export type NotePanelProps = {
  title: string;
  /** What it is in a sentence: "note". */
  what: string;
  /** Markdown; empty for none. */
  text: string;
  maxLength: number;
  placeholder: string;
  canWrite: boolean;
  /** Why the reader can't write, where that is to be said. */
  refusal?: string | undefined;
  /** Keeps the text; what it throws is told under the field. */
  onSave: (text: string) => Promise<unknown>;
};

/** A text of people's own as it reads, and its Markdown while it is written. Nothing where there is none and the reader can't write one. */
export function NotePanel({ title, what, text, maxLength, placeholder, canWrite, refusal, onSave }: NotePanelProps) {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const saving = useWork();
  const save = () => saving.run(async () => {
    await onSave(draft ?? text);
    setDraft(undefined);
  });
  if (text === "" && draft === undefined && !canWrite) return null;
  return (
    <Panel aria-label={title}>
      <PanelHeader title={title} plain={text === "" && draft === undefined}>
        {draft === undefined && (canWrite || refusal !== undefined) && <Button size="sm" icon="pen" disabled={!canWrite} onClick={() => setDraft(text)}>{text === "" ? `Write a ${what}` : "Edit"}</Button>}
      </PanelHeader>
      {draft !== undefined ? (
        <PanelBody className="grid gap-2">
          <Textarea aria-label={`${capitalize(what)} in Markdown`} rows={8} maxLength={maxLength} value={draft} onChange={(event) => setDraft(event.target.value)} className="font-mono text-sm" placeholder={placeholder} />
          <FailureNotice title="Not saved." failure={saving.failure} />
          <div className="flex flex-wrap items-center justify-end gap-2">
            <span className="mr-auto text-sm text-fg-3">Markdown, {formatNumber(maxLength - draft.length, 0)} characters left</span>
            <Button size="sm" disabled={saving.isPending} onClick={() => { setDraft(undefined); saving.reset(); }}>Cancel</Button>
            <Button size="sm" variant="primary" pending={saving.isPending} pendingLabel="Saving…" onClick={() => void save()}>Save {what}</Button>
          </div>
        </PanelBody>
      ) : text !== "" && <Written text={text} />}
      {refusal !== undefined && !canWrite && <PanelFooter>{refusal}</PanelFooter>}
    </Panel>
  );
}

const [manyLetters, manyLines] = [1_500, 16];

/** A long one opens on request, so that it doesn't push the rest of the page away. */
function Written({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > manyLetters || text.split("\n").length > manyLines;
  return (
    <PanelBody>
      <div className={isLong && !isOpen ? "max-h-64 overflow-hidden [mask-image:linear-gradient(black_75%,transparent)]" : undefined}><Markdown text={text} /></div>
      {isLong && <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="mt-1 block text-sm font-medium text-accent hover:underline">{isOpen ? "Show less" : "Show all of it"}</button>}
    </PanelBody>
  );
}
