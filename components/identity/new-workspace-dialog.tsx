"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { messageOf } from "@/lib/core/errors";
import { api, isApiProblem } from "@/lib/http/api-client";
import type { WorkspaceView } from "@/lib/identity";

/** Makes a workspace and goes there. */
export function NewWorkspaceDialog({ onClose }: { onClose: () => void }) {
  const formId = useId();
  const router = useRouter();
  const [title, setTitle] = useState("");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [description, setDescription] = useState("");
  const name = typed ?? nameOf(title);
  const create = useMutation({
    mutationFn: () => api.post<WorkspaceView>("/api/slipway/v1/workspaces", { name, ...(title.trim() === "" ? {} : { title: title.trim() }), ...(description.trim() === "" ? {} : { description: description.trim() }) }),
    onSuccess: (made) => {
      router.push(`/w/${encodeURIComponent(made.name)}`);
      router.refresh();
      onClose();
    },
  });
  const problem = isApiProblem(create.error) ? create.error.reasonFor("name") : undefined;
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!create.isPending}
      title="New workspace"
      description="Its models, runs, approvals and members are apart from every other workspace. You become its maintainer and operator."
      footer={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={formId} variant="primary" pending={create.isPending} pendingLabel="Creating…">Create workspace</Button></>}
    >
      <form id={formId} className="grid gap-3" noValidate onSubmit={(event) => { event.preventDefault(); if (!create.isPending) create.mutate(); }}>
        <Field label="Title" optional hint="What people read: Credit risk."><Input value={title} onChange={(event) => setTitle(event.target.value)} maxLength={120} autoComplete="off" /></Field>
        <Field label="Name" required error={problem} hint="In addresses and in MLFLOW_WORKSPACE: lower case letters, digits and hyphens. It stays."><Input mono value={name} onChange={(event) => setTyped(event.target.value)} maxLength={63} autoComplete="off" spellCheck={false} placeholder="credit-risk" /></Field>
        <Field label="Description" optional><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} maxLength={2000} /></Field>
        {create.error && problem === undefined && <Notice tone="crit" live title="Not created.">{messageOf(create.error)}</Notice>}
      </form>
    </Dialog>
  );
}

const nameOf = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63);
