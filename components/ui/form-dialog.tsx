"use client";

import { useId, type ReactNode } from "react";
import { Button } from "./button";
import { Dialog, type DialogProps } from "./dialog";
import { FailureNotice } from "./failure-notice";
import type { Submission } from "./use-submit";

export type FormDialogProps = Pick<DialogProps, "title" | "description" | "size" | "initialFocus"> & {
  /** From `useSubmit`. */
  form: Pick<Submission, "isPending" | "failure" | "formProps">;
  open?: boolean | undefined;
  onClose: () => void;
  /** The fields. */
  children: ReactNode;
  /** Verb and target: "Create endpoint". */
  submitLabel: string;
  /** "Creating…" */
  pendingLabel: string;
  /** "Not created." */
  failureTitle: string;
  /** What helps after a failure, such as a link. */
  failureHelp?: ReactNode;
  cancelLabel?: string | undefined;
  tone?: "primary" | "danger" | undefined;
  /** Nothing can be sent as it stands; the fields say why. */
  blocked?: boolean | undefined;
  /** Ends what runs: the way out says so meanwhile. Without it there is none until it ended. */
  stop?: { label: string; onStop: () => void } | undefined;
};

/** Dialog with a form: the way out and the action at its foot, the failure under its fields; it can't be hidden while it sends. */
export function FormDialog({ form, open = true, onClose, children, submitLabel, pendingLabel, failureTitle, failureHelp, cancelLabel = "Cancel", tone = "primary", blocked = false, stop, ...dialog }: FormDialogProps) {
  const formId = useId();
  const { isPending, failure, formProps } = form;
  return (
    <Dialog
      {...dialog}
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!isPending}
      footer={
        <>
          {isPending && stop ? <Button onClick={stop.onStop}>{stop.label}</Button> : <Button onClick={onClose} disabled={isPending}>{cancelLabel}</Button>}
          <Button type="submit" form={formId} variant={tone} disabled={blocked} pending={isPending} pendingLabel={pendingLabel}>{submitLabel}</Button>
        </>
      }
    >
      <form id={formId} className="grid gap-3" {...formProps}>
        {children}
        <FailureNotice title={failureTitle} failure={failure}>{failureHelp}</FailureNotice>
      </form>
    </Dialog>
  );
}
