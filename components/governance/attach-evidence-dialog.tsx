"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FileDrop } from "@/components/ui/file-drop";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { SegmentedControl } from "@/components/ui/segmented";
import { notify } from "@/components/ui/toaster";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { DocumentView } from "./document-view";
import { type CardDraft, cardDocument, cardSections, emptyCard, emptyEvaluation, type EvaluationDraft, evaluationDocument, evaluationFields, problemsOf, readDocument } from "./evidence-form";
import { kindWord } from "./present";
import { addEvidence, governanceKeys } from "./queries";

export type AttachEvidenceDialogProps = { workspace: string; model: string; number: number; onClose: () => void };
type Way = "file" | "evaluation" | "card";

/** Attaches an evaluation, a model card or another document to a version: from a JSON file or a form. Mount it to open it. */
export function AttachEvidenceDialog({ workspace, model, number, onClose }: AttachEvidenceDialogProps) {
  const formId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const [way, setWay] = useState<Way>("file");
  const [file, setFile] = useState<{ name: string; document: unknown }>();
  const [evaluation, setEvaluation] = useState(emptyEvaluation);
  const [card, setCard] = useState(emptyCard);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<unknown>(undefined);
  const [isPending, setPending] = useState(false);

  const choose = (next: Way) => {
    setWay(next);
    setProblems({});
    setFailure(undefined);
  };
  const take = async ([chosen]: File[]) => {
    if (!chosen) return;
    setFile(undefined);
    try {
      const document = await readDocument(chosen);
      setFile({ name: chosen.name, document });
      setProblems(problemsOf(document));
    } catch (error) {
      setProblems({ "": messageOf(error) });
    }
  };
  const submit = async () => {
    if (isPending) return;
    const document = way === "file" ? file?.document : way === "card" ? cardDocument(card) : evaluationDocument(evaluation, model);
    if (document === undefined) {
      setProblems({ "": "Choose a file first." });
      return;
    }
    const isEmptyCard = way === "card" && Object.values(card).every((text) => text.trim() === "");
    const found = isEmptyCard ? { "": "Fill at least one section." } : problemsOf(document);
    setProblems(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0) return;
    setPending(true);
    try {
      const added = await addEvidence(workspace, model, number, { name: "default", document });
      notify.done(`${kindWord(added.kind)} attached to ${model} v${number}`);
      await queries.invalidateQueries({ queryKey: governanceKeys.all(workspace) });
      router.refresh();
      onClose();
    } catch (error) {
      if (isApiProblem(error)) setProblems(Object.fromEntries(error.invalidParams.map(({ name, reason }) => [name.replace(/^document\./, ""), reason])));
      setFailure(error);
      setPending(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!isPending}
      size="md"
      title={`Attach evidence to ${model} v${number}`}
      description="It replaces the former document of its kind. Decisions that rested on that one become void."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={isPending} pendingLabel="Attaching…">Attach</Button>
        </>
      }
    >
      <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <div><SegmentedControl<Way> label="How" value={way} onChange={choose} segments={[{ value: "file", label: "JSON file" }, { value: "evaluation", label: "Evaluation form" }, { value: "card", label: "Model card form" }]} /></div>
        {way === "file" && (
          <>
            <Field label="Document" required error={problems[""]}><FileDrop accept=".json,application/json" label="Drop the JSON document here" hint="an evaluation, a model card or another document" onFiles={(files) => void take(files)} disabled={isPending} /></Field>
            {file && <Preview {...file} problems={problems} />}
          </>
        )}
        {way === "evaluation" && <EvaluationFields draft={evaluation} onChange={setEvaluation} problems={problems} />}
        {way === "card" && <CardFields draft={card} onChange={setCard} problem={problems[""]} />}
        {failure !== undefined && <Notice tone="crit" live title="Not attached.">{messageOf(failure)}</Notice>}
      </form>
    </Dialog>
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

function EvaluationFields({ draft, onChange, problems }: { draft: EvaluationDraft; onChange: (draft: EvaluationDraft) => void; problems: Record<string, string> }) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      {evaluationFields.map((field) => (
        <Field key={field.key} label={field.label} hint={"hint" in field ? field.hint : undefined} required={field.required} optional={!field.required} error={problems[field.path]}>
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
