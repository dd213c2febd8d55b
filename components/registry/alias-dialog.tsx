"use client";

import { useEffect, useState, type ReactNode } from "react";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Tag } from "@/components/ui/tag";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { useWork } from "@/components/ui/use-work";
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
  const [alias, setAlias] = useState("");
  const pathOf = (name: string): string => apiPath(workspace, "models", version.model, "aliases", name);
  const guard = guards.find((candidate) => candidate.alias === alias.trim().replace(/^@/, ""));
  const isGuarded = guard !== undefined && guard.reason !== null;
  const aliasProblem = findAliasProblem(alias);
  const form = useSubmit({
    complaints: { alias: aliasProblem && `This alias can't be used: ${aliasProblem}.` },
    send: async () => {
      await api.put(pathOf(alias), { version: version.number });
      notify.done(`@${alias} points at v${version.number}`);
      onOpenChange(false);
      onChanged();
    },
  });
  const removal = useWork();
  const takeAway = (name: string) => void removal.run(async () => {
    await api.delete(pathOf(name));
    notify.done(`@${name} was removed`);
    onChanged();
  });
  const { reset } = form;
  const { reset: resetRemoval } = removal;

  useEffect(() => {
    if (open) return;
    setAlias("");
    reset();
    resetRemoval();
  }, [open, reset, resetRemoval]);

  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      title={`Aliases of ${version.model} v${version.number}`}
      description="A name for readers. Moving it never deploys."
      cancelLabel="Close"
      submitLabel="Set alias"
      pendingLabel="Setting…"
      failureTitle="Not changed."
      blocked={isGuarded}
    >
      {version.aliases.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {version.aliases.map((name) => <Tag key={name} onRemove={() => takeAway(name)} removeLabel={`Remove @${name}`}>@{name}</Tag>)}
        </div>
      )}
      <Field label="Alias" error={form.errorOf("alias")} hint="Moves here from whichever version has it now.">
        <Input mono value={alias} onChange={(event) => setAlias(event.target.value)} placeholder="challenger" autoComplete="off" spellCheck={false} />
      </Field>
      {isGuarded && <Notice tone="warn" live title={`@${guard.alias} is protected.`}>{guard.reason}<span className="mt-2 block">{request}</span></Notice>}
      {guard && guard.reason === null && <Notice tone="idle" icon="lock">@{guard.alias} is protected by {guard.environment}; this version is approved for it.</Notice>}
      {guard === undefined && alias === "" && guards.length > 0 && <p className="text-sm text-fg-3">Protected: {guards.map((entry) => `@${entry.alias}`).join(", ")}. Only a version that may be released can take {guards.length === 1 ? "it" : "them"}.</p>}
      <FailureNotice title="Not removed." failure={removal.failure} />
    </FormDialog>
  );
}
