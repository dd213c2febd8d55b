"use client";

import { useEffect, useRef, useState, type ReactNode } from "react";
import { Field } from "./field";
import { FormDialog } from "./form-dialog";
import { Icon } from "./icon";
import { Input, Textarea } from "./input";
import { KeyValues, type KeyValue } from "./key-values";
import { useSubmit } from "./use-submit";

export type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Question with its target: "Roll back pd-origination to v14?" */
  question: string;
  now: ReactNode;
  after: ReactNode;
  /** How long it takes: "in about 5 s". */
  afterIn?: string | undefined;
  /** People and traffic that it touches. */
  reaches: ReactNode;
  /** How to undo it. */
  wayBack: ReactNode;
  /** More rows between reach and way back ("v14 health", "Also"). */
  more?: readonly KeyValue[] | undefined;
  /** Ask for a reason; required unless `optional`. Give it in production, always. */
  reason?: { label?: string; placeholder?: string; optional?: boolean } | undefined;
  /** The reader must type this text first (deletions). */
  typeToConfirm?: string | undefined;
  /** Environment's name; production is marked. */
  environment?: { name: string; production: boolean } | undefined;
  /** Verb and target: "Roll back to v14". */
  confirmLabel: string;
  /** "Rolling back…" */
  pendingLabel: string;
  /** The way out, named by what stays: "Keep canary". */
  cancelLabel: string;
  tone?: "danger" | "primary" | undefined;
  /** Resolves when done (the dialog closes) or rejects (the problem is shown inside, the dialog stays). */
  onConfirm: (reason: string) => Promise<unknown>;
};

/** Confirmation in five parts: question, now → after, reaches, way back, reason. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, reason, typeToConfirm, environment } = props;
  const [text, setText] = useState("");
  const [typed, setTyped] = useState("");
  const reasonRef = useRef<HTMLTextAreaElement>(null);
  const form = useSubmit({
    complaints: {
      typed: typeToConfirm !== undefined && typed.trim() !== typeToConfirm ? `Type ${typeToConfirm} to confirm.` : undefined,
      reason: reason && !reason.optional && text.trim() === "" ? "Say why; the reason is kept in the audit log." : undefined,
    },
    send: async () => {
      await props.onConfirm(text.trim());
      onOpenChange(false);
    },
  });
  const { reset } = form;

  useEffect(() => {
    if (open) return;
    setText("");
    setTyped("");
    reset();
  }, [open, reset]);

  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      title={props.question}
      description={environment && <EnvironmentMark {...environment} />}
      initialFocus={reason ? reasonRef : undefined}
      cancelLabel={props.cancelLabel}
      submitLabel={props.confirmLabel}
      pendingLabel={props.pendingLabel}
      failureTitle="Not done."
      tone={props.tone ?? "danger"}
    >
      <NowAfter now={props.now} after={props.after} afterIn={props.afterIn} />
      <KeyValues align="left" items={[{ label: "Reaches", value: props.reaches }, ...(props.more ?? []), { label: "To undo", value: props.wayBack }]} />
      {typeToConfirm !== undefined && (
        <Field label={<>Type <code>{typeToConfirm}</code></>} error={form.errorOf("typed")} required>
          <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
        </Field>
      )}
      {reason && (
        <Field label={reason.label ?? "Reason, kept in the audit log"} error={form.errorOf("reason")} required={!reason.optional} optional={reason.optional}>
          <Textarea ref={reasonRef} rows={2} value={text} onChange={(event) => setText(event.target.value)} placeholder={reason.placeholder ?? "What did you see?"} />
        </Field>
      )}
    </FormDialog>
  );
}

function NowAfter({ now, after, afterIn }: { now: ReactNode; after: ReactNode; afterIn: string | undefined }) {
  return (
    <div className="flex items-center gap-3.5 rounded-lg bg-surface-2 px-3 py-[9px]">
      <div className="grid min-w-0">
        <span className="text-sm text-fg-3">Now</span>
        <b className="font-semibold">{now}</b>
      </div>
      <Icon name="fwd" className="text-fg-3" />
      <div className="grid min-w-0">
        <span className="text-sm text-fg-3">After{afterIn !== undefined && `, ${afterIn}`}</span>
        <b className="font-semibold">{after}</b>
      </div>
    </div>
  );
}

/** The environment's name; production carries the red diamond. */
export function EnvironmentMark({ name, production }: { name: string; production: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 text-sm text-fg-2">
      <span aria-hidden className={production ? "size-[7px] rotate-45 rounded-[2px] bg-crit-line" : "size-[7px] rounded-full bg-idle-line"} />
      {name}
    </span>
  );
}
