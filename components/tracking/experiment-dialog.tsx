"use client";

import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { useSubmit } from "@/components/ui/use-submit";
import { api, apiPath } from "@/lib/http/api-client";
import type { ExperimentView } from "@/lib/tracking";

export type ExperimentDialogProps = {
  workspace: string;
  /** Renames this one; makes a new one without it. */
  experiment?: ExperimentView | undefined;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDone: (experiment: ExperimentView) => void;
};

/** Creates an experiment, or renames one. */
export function ExperimentDialog({ workspace, experiment, open, onOpenChange, onDone }: ExperimentDialogProps) {
  const [name, setName] = useState("");
  const before = experiment?.name ?? "";
  const isNew = experiment === undefined;
  const form = useSubmit({
    complaints: { name: name.trim() === "" ? "Give it a name." : undefined },
    reasonFor: (problem, field) => problem.reasonFor(field) ?? (/already exists/.test(problem.message) ? "An experiment of this name exists, maybe under Deleted." : undefined),
    send: async () => {
      const body = { name: name.trim() };
      const done = await (isNew ? api.post<ExperimentView>(apiPath(workspace, "experiments"), body) : api.patch<ExperimentView>(apiPath(workspace, "experiments", String(experiment.number)), body));
      onOpenChange(false);
      onDone(done);
    },
  });
  const { reset } = form;
  useEffect(() => {
    if (!open) return;
    setName(before);
    reset();
  }, [open, before, reset]);

  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      title={isNew ? "Create an experiment" : `Rename ${before}`}
      description={isNew ? "A place for the runs of one question. Clients make them by name as well: mlflow.set_experiment." : "Scripts that call mlflow.set_experiment with the old name make a new experiment."}
      submitLabel={isNew ? "Create experiment" : "Rename experiment"}
      pendingLabel={isNew ? "Creating…" : "Renaming…"}
      failureTitle={isNew ? "Not created." : "Not renamed."}
    >
      <Field label="Name" required error={form.errorOf("name")}><Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" placeholder="credit-pd, gbm-2026q4" maxLength={500} /></Field>
    </FormDialog>
  );
}
