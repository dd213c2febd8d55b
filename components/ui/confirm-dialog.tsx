"use client";

import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Icon } from "./icon";
import { Input, Textarea } from "./input";
import { KeyValues, type KeyValue } from "./key-values";
import { Notice } from "./notice";

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
  children?: ReactNode;
};

/** Confirmation in five parts: question, now → after, reaches, way back, reason. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, question, reason, typeToConfirm, environment, tone = "danger" } = props;
  const [text, setText] = useState("");
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [complaint, setComplaint] = useState<string | undefined>(undefined);
  const reasonRef = useRef<HTMLTextAreaElement>(null);
  const formId = useId();

  useEffect(() => {
    if (open) return;
    setText("");
    setTyped("");
    setFailure(undefined);
    setComplaint(undefined);
  }, [open]);

  const submit = async () => {
    if (pending) return;
    if (reason && !reason.optional && text.trim() === "") {
      setComplaint("Say why; the reason is kept in the audit log.");
      reasonRef.current?.focus();
      return;
    }
    if (typeToConfirm !== undefined && typed.trim() !== typeToConfirm) {
      setComplaint(`Type ${typeToConfirm} to confirm.`);
      return;
    }
    setPending(true);
    setFailure(undefined);
    setComplaint(undefined);
    try {
      await props.onConfirm(text.trim());
      onOpenChange(false);
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={question}
      description={environment && <EnvironmentMark {...environment} />}
      initialFocus={reason ? reasonRef : undefined}
      dismissible={!pending}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)} disabled={pending}>{props.cancelLabel}</Button>
          <Button type="submit" form={formId} variant={tone} pending={pending} pendingLabel={props.pendingLabel}>{props.confirmLabel}</Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <NowAfter now={props.now} after={props.after} afterIn={props.afterIn} />
        <KeyValues
          align="left"
          className="mb-3"
          items={[{ label: "Reaches", value: props.reaches }, ...(props.more ?? []), { label: "To undo", value: props.wayBack }]}
        />
        {props.children}
        {typeToConfirm !== undefined && (
          <Field className="mb-3" label={<>Type <code>{typeToConfirm}</code></>} error={reason ? undefined : complaint} required>
            <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {reason && (
          <Field label={reason.label ?? "Reason, kept in the audit log"} error={complaint} required={!reason.optional} optional={reason.optional}>
            <Textarea ref={reasonRef} rows={2} value={text} onChange={(event) => setText(event.target.value)} placeholder={reason.placeholder ?? "What did you see?"} />
          </Field>
        )}
        {failure !== undefined && <Notice tone="crit" live className="mt-3" title="Not done.">{failureText(failure)}</Notice>}
      </form>
    </Dialog>
  );
}

const failureText = (failure: unknown): string => {
  const message = messageOf(failure);
  return isApiProblem(failure) && failure.requestId !== undefined ? `${message} Request ${failure.requestId}` : message;
};

function NowAfter({ now, after, afterIn }: { now: ReactNode; after: ReactNode; afterIn: string | undefined }) {
  return (
    <div className="mb-3 flex items-center gap-3.5 rounded-lg bg-surface-2 px-3 py-[9px]">
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
