"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { messageOf } from "@/lib/core/errors";
import { createRuntime } from "./queries";

/** Adds a runtime of MLflow scoring servers, to keep the servers of one team or cluster apart from others. */
export function CreateRuntimeDialog({ workspace, onClose, onCreated }: { workspace: string; onClose: () => void; onCreated: () => void }) {
  const formId = useId();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      await createRuntime(workspace, name.trim());
      onCreated();
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      dismissible={!isPending}
      size="sm"
      title="Add a runtime of scoring servers"
      description="MLflow scoring servers that you start yourself, one for each version. Their addresses are given on the versions' pages."
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={formId} variant="primary" disabled={name.trim() === ""} pending={isPending} pendingLabel="Adding…">Add runtime</Button></>}
    >
      <form id={formId} noValidate onSubmit={(event) => { event.preventDefault(); if (name.trim() !== "" && !isPending) void submit(); }}>
        <Field label="Name" required error={problem} hint="1 to 63 of a–z, 0–9, dot, dash and underscore.">
          <Input mono value={name} onChange={(event) => setName(event.target.value)} placeholder="mlflow-gpu" autoComplete="off" spellCheck={false} />
        </Field>
      </form>
    </Dialog>
  );
}
