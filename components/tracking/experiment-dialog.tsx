"use client";

import { useEffect, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath, isApiProblem } from "@/lib/http/api-client";
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
  const formId = useId();
  const [name, setName] = useState("");
  const [complaint, setComplaint] = useState<string | undefined>(undefined);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const before = experiment?.name ?? "";
  useEffect(() => {
    if (!open) return;
    setName(before);
    setComplaint(undefined);
    setFailure(undefined);
  }, [open, before]);

  const submit = async () => {
    const wanted = name.trim();
    setComplaint(wanted === "" ? "Give it a name." : undefined);
    setFailure(undefined);
    if (wanted === "" || isBusy) return;
    setBusy(true);
    try {
      const done = experiment === undefined
        ? await api.post<ExperimentView>(apiPath(workspace, "experiments"), { name: wanted })
        : await api.patch<ExperimentView>(apiPath(workspace, "experiments", String(experiment.number)), { name: wanted });
      onOpenChange(false);
      onDone(done);
    } catch (error) {
      const reason = isApiProblem(error) ? (error.reasonFor("name") ?? (/already exists/.test(error.message) ? "An experiment of this name exists, maybe under Deleted." : undefined)) : undefined;
      setComplaint(reason);
      if (reason === undefined) setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  const verb = experiment === undefined ? "Create experiment" : "Rename experiment";
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      dismissible={!isBusy}
      title={experiment === undefined ? "Create an experiment" : `Rename ${before}`}
      description={experiment === undefined ? "A place for the runs of one question. Clients make them by name as well: mlflow.set_experiment." : "Scripts that call mlflow.set_experiment with the old name make a new experiment."}
      footer={<><Button onClick={() => onOpenChange(false)}>Cancel</Button><Button type="submit" form={formId} variant="primary" pending={isBusy} pendingLabel={experiment === undefined ? "Creating…" : "Renaming…"}>{verb}</Button></>}
    >
      <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Field label="Name" required error={complaint}><Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" placeholder="credit-pd, gbm-2026q4" maxLength={500} /></Field>
        {failure !== undefined && <Notice tone="crit" live title={experiment === undefined ? "Not created." : "Not renamed."}>{messageOf(failure)}</Notice>}
      </form>
    </Dialog>
  );
}
