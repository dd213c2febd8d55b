"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { FileDrop } from "@/components/ui/file-drop";
import { FormDialog } from "@/components/ui/form-dialog";
import { formatBytes } from "@/components/ui/format";
import { Input, Textarea } from "@/components/ui/input";
import { Tag } from "@/components/ui/tag";
import { useSubmit } from "@/components/ui/use-submit";
import { findModelNameProblem } from "@/lib/registry";
import { registryKeys, versionHref } from "./queries";
import { useRegister } from "./use-register";

export type RegisterDialogProps = { workspace: string; model?: string | undefined; open: boolean; onOpenChange: (open: boolean) => void };

const listOf = (text: string): string[] => text.split(/[\n,]/).map((part) => part.trim()).filter(Boolean);

/** Registers files as a new version of a model (a new model when none is given), with progress; what the server refuses is shown in place. */
export function RegisterDialog({ workspace, model, open, onOpenChange }: RegisterDialogProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const { progress, register, cancel } = useRegister(workspace);
  const [name, setName] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [features, setFeatures] = useState("");
  const [sensitive, setSensitive] = useState("");
  const [description, setDescription] = useState("");
  const nameProblem = model === undefined ? findModelNameProblem(name.trim()) : undefined;
  const form = useSubmit({
    complaints: {
      name: nameProblem && `This name can't be used: ${nameProblem}.`,
      files: files.length === 0 ? "Choose the model's files first." : undefined,
    },
    send: async () => {
      const version = await register({ model: model ?? name.trim(), isNewModel: model === undefined, files, description, featureNames: listOf(features), sensitive: listOf(sensitive) });
      await queries.invalidateQueries({ queryKey: registryKeys.all(workspace) });
      onOpenChange(false);
      router.push(versionHref(workspace, version.model, version.number));
    },
  });
  const { isPending, reset } = form;

  useEffect(() => {
    if (open) return;
    setName("");
    setFiles([]);
    setFeatures("");
    setSensitive("");
    setDescription("");
    reset();
  }, [open, reset]);

  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      size="md"
      title={model === undefined ? "Register a model" : `Register a new version of ${model}`}
      description="The files are frozen and inspected without being run. Nothing is deployed."
      submitLabel="Register"
      pendingLabel={progress.step === "registering" ? "Registering…" : "Uploading…"}
      stop={{ label: "Stop upload", onStop: cancel }}
      failureTitle="Not registered."
    >
      {model === undefined && (
        <Field label="Name" required error={form.errorOf("name")} hint="What applications and people call it. A model of this name gets a new version.">
          <Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" placeholder="digits" />
        </Field>
      )}
      <Field label="Files" required error={form.errorOf("files")}>
        <FileDrop multiple label="Drop the ONNX file here" hint="with its external data and MLmodel, if it has any" onFiles={(chosen) => setFiles((before) => merge(before, chosen))} disabled={isPending} progress={progress.step === "uploading" ? progress.share : progress.step === "registering" ? 1 : undefined} />
      </Field>
      {files.length > 0 && (
        <ul aria-label="Chosen files" className="flex flex-wrap gap-1.5">
          {files.map((file) => (
            <li key={file.name}><Tag mono {...(isPending ? {} : { onRemove: () => setFiles(files.filter((other) => other !== file)), removeLabel: `Remove ${file.name}` })}>{file.name} {formatBytes(file.size)}</Tag></li>
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
    </FormDialog>
  );
}

const merge = (before: readonly File[], chosen: readonly File[]): File[] => [...before.filter((file) => !chosen.some((other) => other.name === file.name)), ...chosen];
