"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Tag } from "@/components/ui/tag";
import { notify } from "@/components/ui/toaster";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath } from "@/lib/http/api-client";
import type { AliasGuard } from "@/lib/governance";
import { findAliasProblem, type Version } from "@/lib/registry";

export type AliasDialogProps = {
  workspace: string;
  version: Version;
  /** Aliases that policies and endpoints protect, and why this version may not take them. */
  guards: readonly AliasGuard[];
  /** Button of another slice that asks for the version's release. */
  request?: ReactNode;
  open: boolean; onOpenChange: (open: boolean) => void;
  onChanged: () => void;
};

/** Points an alias at this version, or takes one away. Moving an alias never deploys. */
export function AliasDialog({ workspace, version, guards, request, open, onOpenChange, onChanged }: AliasDialogProps) {
  const formId = useId();
  const [alias, setAlias] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const pathOf = (name: string): string => apiPath(workspace, "models", version.model, "aliases", name);
  const set = useMutation({ mutationFn: (name: string) => api.put(pathOf(name), { version: version.number }) });
  const remove = useMutation({ mutationFn: (name: string) => api.delete(pathOf(name)) });
  const { reset: resetSet } = set;
  const { reset: resetRemove } = remove;

  useEffect(() => {
    if (open) return;
    setAlias("");
    setProblem(undefined);
    resetSet();
    resetRemove();
  }, [open, resetSet, resetRemove]);

  const guard = guards.find((candidate) => candidate.alias === alias.trim().replace(/^@/, ""));
  const submit = () => {
    const found = findAliasProblem(alias);
    setProblem(found === undefined ? undefined : `This alias can't be used: ${found}.`);
    if (found !== undefined || set.isPending || (guard && guard.reason !== null)) return;
    set.mutate(alias, {
      onSuccess: () => {
        notify.done(`@${alias} points at v${version.number}`);
        onOpenChange(false);
        onChanged();
      },
    });
  };
  const takeAway = (name: string) => remove.mutate(name, {
    onSuccess: () => {
      notify.done(`@${name} was removed`);
      onChanged();
    },
  });
  const failure = set.error ?? remove.error;

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Aliases of ${version.model} v${version.number}`}
      description="A name for readers. Moving it never deploys."
      footer={<><Button onClick={() => onOpenChange(false)}>Close</Button><Button type="submit" form={formId} variant="primary" pending={set.isPending} pendingLabel="Setting…" disabled={guard !== undefined && guard.reason !== null}>Set alias</Button></>}
    >
      <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); submit(); }}>
        {version.aliases.length > 0 && (
          <div className="flex flex-wrap gap-1.5">
            {version.aliases.map((name) => <Tag key={name} onRemove={() => takeAway(name)} removeLabel={`Remove @${name}`}>@{name}</Tag>)}
          </div>
        )}
        <Field label="Alias" error={problem} hint="Moves here from whichever version has it now.">
          <Input mono value={alias} onChange={(event) => setAlias(event.target.value)} placeholder="challenger" autoComplete="off" spellCheck={false} />
        </Field>
        {guard && guard.reason !== null && <Notice tone="warn" live title={`@${guard.alias} is protected.`}>{guard.reason}<span className="mt-2 block">{request}</span></Notice>}
        {guard && guard.reason === null && <Notice tone="idle" icon="lock">@{guard.alias} is protected by {guard.environment}; this version is approved for it.</Notice>}
        {guard === undefined && alias === "" && guards.length > 0 && <p className="text-sm text-fg-3">Protected: {guards.map((entry) => `@${entry.alias}`).join(", ")}. Only a version that may be released can take {guards.length === 1 ? "it" : "them"}.</p>}
        {failure && guard?.reason == null && <Notice tone="crit" live title="Not changed.">{messageOf(failure)}</Notice>}
      </form>
    </Dialog>
  );
}
