"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useMemo, useState } from "react";
import { defaultEnvironment, useShell } from "@/components/shell/context";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select, Textarea } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { messageOf } from "@/lib/core/errors";
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
  const formId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const { environments } = useShell();
  const [environment, setEnvironment] = useState((environments.find(({ slug }) => slug === openFor) ?? defaultEnvironment(environments))?.slug ?? "production");
  const [comment, setComment] = useState("");
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const key = useMemo(newIdempotencyKey, [environment, comment]);
  const submit = async () => {
    if (isPending) return;
    setPending(true);
    setFailure(undefined);
    try {
      const request = await openRequest(workspace, { model, version: number, environment, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) }, key);
      await queries.invalidateQueries({ queryKey: governanceKeys.all(workspace) });
      router.push(dossierHref(workspace, request.number));
    } catch (error) {
      setFailure(error);
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      dismissible={!isPending}
      title={`Request the promotion of ${model} v${number}`}
      description="Somebody else decides. An approval releases nothing by itself; it lets a rollout start."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={isPending} pendingLabel="Requesting…">Request promotion</Button>
        </>
      }
    >
      <form id={formId} className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Field label="Environment" required hint="Its policy says which evidence and how many approvals are needed.">
          <Select value={environment} onChange={(event) => setEnvironment(event.target.value)} options={environments.map(({ slug, name }) => ({ value: slug, label: name }))} />
        </Field>
        <Field label="Comment" optional error={isApiProblem(failure) ? failure.reasonFor("comment") : undefined}>
          <Textarea rows={3} value={comment} onChange={(event) => setComment(event.target.value)} placeholder="What is better, and how you know" maxLength={2000} />
        </Field>
        {failure !== undefined && <Notice tone="crit" live title="Not requested.">{messageOf(failure)} {isApiProblem(failure) && failure.code === "request.exists" && <TextLink href={`${approvalsHref(workspace)}?tab=all&model=${encodeURIComponent(model)}`}>Open approvals</TextLink>}</Notice>}
      </form>
    </Dialog>
  );
}
