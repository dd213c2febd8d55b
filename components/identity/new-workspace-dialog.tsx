"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Textarea } from "@/components/ui/input";
import { useSubmit } from "@/components/ui/use-submit";
import { api } from "@/lib/http/api-client";
import type { WorkspaceView } from "@/lib/identity";

/** Makes a workspace and goes there. */
export function NewWorkspaceDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [title, setTitle] = useState("");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [description, setDescription] = useState("");
  const name = typed ?? nameOf(title);
  const form = useSubmit({
    complaints: { name: name === "" ? "Give it a name." : undefined },
    send: async () => {
      const made = await api.post<WorkspaceView>("/api/slipway/v1/workspaces", { name, ...(title.trim() === "" ? {} : { title: title.trim() }), ...(description.trim() === "" ? {} : { description: description.trim() }) });
      router.push(`/w/${encodeURIComponent(made.name)}`);
      router.refresh();
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title="New workspace"
      description="Its models, runs, approvals and members are apart from every other workspace. You become its maintainer and operator."
      submitLabel="Create workspace"
      pendingLabel="Creating…"
      failureTitle="Not created."
    >
      <Field label="Title" optional hint="What people read: Credit risk."><Input value={title} onChange={(event) => setTitle(event.target.value)} maxLength={120} autoComplete="off" /></Field>
      <Field label="Name" required error={form.errorOf("name")} hint="In addresses and in MLFLOW_WORKSPACE: lower case letters, digits and hyphens. It stays."><Input mono value={name} onChange={(event) => setTyped(event.target.value)} maxLength={63} autoComplete="off" spellCheck={false} placeholder="credit-risk" /></Field>
      <Field label="Description" optional><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} maxLength={2000} /></Field>
    </FormDialog>
  );
}

const nameOf = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63);
