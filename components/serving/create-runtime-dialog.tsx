"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { useSubmit } from "@/components/ui/use-submit";
import { createRuntime } from "./queries";

/** Adds a runtime of MLflow scoring servers, to keep the servers of one team or cluster apart from others. */
export function CreateRuntimeDialog({ workspace, onClose, onCreated }: { workspace: string; onClose: () => void; onCreated: () => void }) {
  const [name, setName] = useState("");
  const form = useSubmit({
    complaints: { name: name.trim() === "" ? "Give it a name." : undefined },
    send: async () => {
      await createRuntime(workspace, name.trim());
      onCreated();
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title="Add a runtime of scoring servers"
      description="MLflow scoring servers that you start yourself, one for each version. Their addresses are given on the versions' pages."
      submitLabel="Add runtime"
      pendingLabel="Adding…"
      failureTitle="Not added."
    >
      <Field label="Name" required error={form.errorOf("name")} hint="1 to 63 of a–z, 0–9, dot, dash and underscore.">
        <Input mono value={name} onChange={(event) => setName(event.target.value)} placeholder="mlflow-gpu" autoComplete="off" spellCheck={false} />
      </Field>
    </FormDialog>
  );
}
