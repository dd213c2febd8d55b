"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { defaultEnvironment, useShell } from "@/components/shell/context";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Select, Textarea } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { useSubmit } from "@/components/ui/use-submit";
import { isApiProblem, newIdempotencyKey } from "@/lib/http/api-client";
import { approvalsHref, dossierHref, governanceKeys, openRequest } from "./queries";

export type RequestButtonProps = {
  workspace: string;
  model: string;
  number: number;
  /** Why the version or the reader can't; undefined where they can. */
  blocked: string | undefined;
  /** Environment whose request stands open from the start: where a client was refused and given this page's address. */
  openFor?: string | undefined;
};

/** Asks for the release of a version into an environment, and opens the dossier. */
export function RequestButton({ workspace, model, number, blocked, openFor }: RequestButtonProps) {
  const [isOpen, setOpen] = useState(blocked === undefined && openFor !== undefined);
  return (
    <span className="grid justify-items-end gap-1">
      <Button variant="primary" icon="stamp" disabled={blocked !== undefined} onClick={() => setOpen(true)}>Request promotion…</Button>
      {blocked !== undefined && <span className="max-w-72 text-right text-sm text-fg-3">{blocked}</span>}
      {isOpen && <RequestDialog workspace={workspace} model={model} number={number} openFor={openFor} onClose={() => setOpen(false)} />}
    </span>
  );
}

function RequestDialog({ workspace, model, number, openFor, onClose }: Omit<RequestButtonProps, "blocked"> & { onClose: () => void }) {
  const router = useRouter();
  const queries = useQueryClient();
  const { environments } = useShell();
  const [environment, setEnvironment] = useState((environments.find(({ slug }) => slug === openFor) ?? defaultEnvironment(environments))?.slug ?? "production");
  const [comment, setComment] = useState("");
  const key = useMemo(newIdempotencyKey, [environment, comment]);
  const form = useSubmit({
    fields: ["comment"],
    leaves: true,
    send: async () => {
      const request = await openRequest(workspace, { model, version: number, environment, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) }, key);
      await queries.invalidateQueries({ queryKey: governanceKeys.all(workspace) });
      router.push(dossierHref(workspace, request.number));
    },
  });
  const isOpenAlready = isApiProblem(form.failure) && form.failure.code === "request.exists";
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={`Request the promotion of ${model} v${number}`}
      description="Somebody else decides. An approval releases nothing by itself; it lets a rollout start."
      submitLabel="Request promotion"
      pendingLabel="Requesting…"
      failureTitle="Not requested."
      failureHelp={isOpenAlready && <TextLink href={`${approvalsHref(workspace)}?tab=all&model=${encodeURIComponent(model)}`}>Open approvals</TextLink>}
    >
      <Field label="Environment" required hint="Its policy says which evidence and how many approvals are needed.">
        <Select value={environment} onChange={(event) => setEnvironment(event.target.value)} options={environments.map(({ slug, name }) => ({ value: slug, label: name }))} />
      </Field>
      <Field label="Comment" optional error={form.errorOf("comment")}>
        <Textarea rows={3} value={comment} onChange={(event) => setComment(event.target.value)} placeholder="What is better, and how you know" maxLength={2000} />
      </Field>
    </FormDialog>
  );
}
