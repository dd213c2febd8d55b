"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { FileDrop } from "@/components/ui/file-drop";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { SegmentedControl } from "@/components/ui/segmented";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { messageOf } from "@/lib/core/errors";
import { DocumentView } from "./document-view";
import { type CardDraft, cardDocument, cardSections, emptyCard, emptyEvaluation, type EvaluationDraft, evaluationDocument, evaluationFields, problemsOf, readDocument } from "./evidence-form";
import { kindWord } from "./present";
import { addEvidence, governanceKeys } from "./queries";

export type AttachEvidenceDialogProps = { workspace: string; model: string; number: number; onClose: () => void };
type Way = "file" | "evaluation" | "card";

/** Attaches an evaluation, a model card or another document to a version: from a JSON file or a form. Mount it to open it. */
export function AttachEvidenceDialog({ workspace, model, number, onClose }: AttachEvidenceDialogProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const [way, setWay] = useState<Way>("file");
  const [file, setFile] = useState<{ name: string; document: unknown }>();
  const [unread, setUnread] = useState<string>();
  const [evaluation, setEvaluation] = useState(emptyEvaluation);
  const [card, setCard] = useState(emptyCard);
  const written = { file: file?.document, evaluation: evaluationDocument(evaluation, model), card: cardDocument(card) }[way];
  const isEmptyCard = way === "card" && Object.values(card).every((text) => text.trim() === "");
  const problems: Record<string, string> = written === undefined ? { "": unread ?? "Choose a file first." } : isEmptyCard ? { "": "Fill at least one section." } : problemsOf(written);
  const form = useSubmit<string>({
    complaints: problems,
    reasonFor: (problem, path) => problem.reasonFor(`document.${path}`),
    send: async () => {
      const added = await addEvidence(workspace, model, number, { name: "default", document: written });
      notify.done(`${kindWord(added.kind)} attached to ${model} v${number}`);
      await queries.invalidateQueries({ queryKey: governanceKeys.all(workspace) });
      router.refresh();
      onClose();
    },
  });

  const choose = (next: Way) => {
    setWay(next);
    form.reset();
  };
  const take = async ([chosen]: File[]) => {
    if (!chosen) return;
    setFile(undefined);
    setUnread(undefined);
    try {
      setFile({ name: chosen.name, document: await readDocument(chosen) });
    } catch (error) {
      setUnread(messageOf(error));
    }
  };
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      size="md"
      title={`Attach evidence to ${model} v${number}`}
      description="It replaces the former document of its kind. Decisions that rested on that one become void."
      submitLabel="Attach"
      pendingLabel="Attaching…"
      failureTitle="Not attached."
    >
      <div><SegmentedControl<Way> label="How" value={way} onChange={choose} segments={[{ value: "file", label: "JSON file" }, { value: "evaluation", label: "Evaluation form" }, { value: "card", label: "Model card form" }]} /></div>
      {way === "file" && (
        <>
          <Field label="Document" required error={unread ?? form.errorOf("")}><FileDrop accept=".json,application/json" label="Drop the JSON document here" hint="an evaluation, a model card or another document" onFiles={(files) => void take(files)} disabled={form.isPending} /></Field>
          {file && <Preview {...file} problems={problems} />}
        </>
      )}
      {way === "evaluation" && <EvaluationFields draft={evaluation} onChange={setEvaluation} errorOf={form.errorOf} />}
      {way === "card" && <CardFields draft={card} onChange={setCard} problem={form.errorOf("")} />}
    </FormDialog>
  );
}

function Preview({ name, document, problems }: { name: string; document: unknown; problems: Record<string, string> }) {
  const found = Object.entries(problems).filter(([path]) => path !== "");
  if (found.length > 0) {
    return (
      <Notice tone="crit" live title={`${name} has ${found.length} ${found.length === 1 ? "problem" : "problems"}.`}>
        <ul className="mt-1 list-disc pl-4">{found.slice(0, 8).map(([path, reason]) => <li key={path}><code>{path}</code> {reason}</li>)}</ul>
      </Notice>
    );
  }
  if (typeof document !== "object" || document === null) return null;
  return (
    <section aria-label={`Contents of ${name}`} className="rounded-lg border border-line p-3">
      <p className="mb-2 text-sm text-fg-3">{name}</p>
      <DocumentView document={document as Record<string, unknown>} />
    </section>
  );
}

function EvaluationFields({ draft, onChange, errorOf }: { draft: EvaluationDraft; onChange: (draft: EvaluationDraft) => void; errorOf: (path: string) => string | undefined }) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      {evaluationFields.map((field) => (
        <Field key={field.key} label={field.label} hint={"hint" in field ? field.hint : undefined} required={field.required} optional={!field.required} error={errorOf(field.path)}>
          <Input mono={field.key === "digest"} value={draft[field.key]} onChange={(event) => onChange({ ...draft, [field.key]: event.target.value })} autoComplete="off" spellCheck={false} />
        </Field>
      ))}
    </div>
  );
}

function CardFields({ draft, onChange, problem }: { draft: CardDraft; onChange: (draft: CardDraft) => void; problem: string | undefined }) {
  return (
    <>
      {cardSections.map(({ key, label, hint }, index) => (
        <Field key={key} label={label} hint={hint} error={index === 0 ? problem : undefined}>
          <Textarea rows={2} value={draft[key]} onChange={(event) => onChange({ ...draft, [key]: event.target.value })} />
        </Field>
      ))}
    </>
  );
}
