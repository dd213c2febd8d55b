"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FileDrop } from "@/components/ui/file-drop";
import { formatBytes } from "@/components/ui/format";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Tag } from "@/components/ui/tag";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { findModelNameProblem } from "@/lib/registry";
import { registryKeys, versionHref } from "./queries";
import { useRegister } from "./use-register";

export type RegisterDialogProps = { workspace: string; model?: string | undefined; open: boolean; onOpenChange: (open: boolean) => void };

const listOf = (text: string): string[] => text.split(/[\n,]/).map((part) => part.trim()).filter(Boolean);

/** Registers files as a new version of a model (a new model when none is given), with progress; what the server refuses is shown in place. */
export function RegisterDialog({ workspace, model, open, onOpenChange }: RegisterDialogProps) {
  const formId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const { progress, register, cancel } = useRegister(workspace);
  const [name, setName] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [features, setFeatures] = useState("");
  const [sensitive, setSensitive] = useState("");
  const [description, setDescription] = useState("");
  const [complaint, setComplaint] = useState<{ name?: string; files?: string }>({});
  const [failure, setFailure] = useState<unknown>(undefined);
  const isBusy = progress.step !== "idle";

  useEffect(() => {
    if (open) return;
    setName("");
    setFiles([]);
    setFeatures("");
    setSensitive("");
    setDescription("");
    setComplaint({});
    setFailure(undefined);
  }, [open]);

  const submit = async () => {
    const nameProblem = model === undefined ? findModelNameProblem(name.trim()) : undefined;
    const found = { ...(nameProblem && { name: `This name can't be used: ${nameProblem}.` }), ...(files.length === 0 && { files: "Choose the model's files first." }) };
    setComplaint(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0 || isBusy) return;
    try {
      const target = model ?? name.trim();
      const version = await register({ model: target, isNewModel: model === undefined, files, description, featureNames: listOf(features), sensitive: listOf(sensitive) });
      await queries.invalidateQueries({ queryKey: registryKeys.all(workspace) });
      onOpenChange(false);
      router.push(versionHref(workspace, version.model, version.number));
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      setFailure(error);
    }
  };

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      dismissible={!isBusy}
      size="md"
      title={model === undefined ? "Register a model" : `Register a new version of ${model}`}
      description="The files are frozen and inspected without being run. Nothing is deployed."
      footer={
        <>
          <Button onClick={() => (isBusy ? cancel() : onOpenChange(false))}>{isBusy ? "Stop upload" : "Cancel"}</Button>
          <Button type="submit" form={formId} variant="primary" pending={isBusy} pendingLabel={progress.step === "registering" ? "Registering…" : "Uploading…"}>Register</Button>
        </>
      }
    >
      <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        {model === undefined && (
          <Field label="Name" required error={complaint.name} hint="What applications and people call it. A model of this name gets a new version.">
            <Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" placeholder="digits" />
          </Field>
        )}
        <Field label="Files" required error={complaint.files}>
          <FileDrop multiple label="Drop the ONNX file here" hint="with its external data and MLmodel, if it has any" onFiles={(chosen) => setFiles((before) => merge(before, chosen))} disabled={isBusy} progress={progress.step === "uploading" ? progress.share : progress.step === "registering" ? 1 : undefined} />
        </Field>
        {files.length > 0 && (
          <ul aria-label="Chosen files" className="flex flex-wrap gap-1.5">
            {files.map((file) => (
              <li key={file.name}><Tag mono {...(isBusy ? {} : { onRemove: () => setFiles(files.filter((other) => other !== file)), removeLabel: `Remove ${file.name}` })}>{file.name} {formatBytes(file.size)}</Tag></li>
            ))}
          </ul>
        )}
        <Field label="Feature names" optional hint="One for each column of the input, in order, by comma or line. Drift is shown under these names.">
          <Textarea rows={2} value={features} onChange={(event) => setFeatures(event.target.value)} className="font-mono text-sm" spellCheck={false} />
        </Field>
        <Field label="Sensitive" optional hint="Inputs, outputs or features whose values are never stored.">
          <Input mono value={sensitive} onChange={(event) => setSensitive(event.target.value)} spellCheck={false} />
        </Field>
        <Field label="Description" optional>
          <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        {failure !== undefined && <Failure error={failure} />}
      </form>
    </Dialog>
  );
}

const merge = (before: readonly File[], chosen: readonly File[]): File[] => [...before.filter((file) => !chosen.some((other) => other.name === file.name)), ...chosen];

function Failure({ error }: { error: unknown }) {
  const reasons = isApiProblem(error) ? error.invalidParams : [];
  return (
    <Notice tone="crit" live title="Not registered.">
      {messageOf(error)}
      {reasons.length > 0 && <ul className="mt-1 list-disc pl-4">{reasons.slice(0, 5).map(({ name, reason }) => <li key={name}><code>{name}</code> {reason}</li>)}</ul>}
      {isApiProblem(error) && error.requestId !== undefined && <span className="block">Request <code>{error.requestId}</code></span>}
    </Notice>
  );
}
