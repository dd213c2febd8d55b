"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Input } from "@/components/ui/input";
import { attempt } from "@/components/ui/toaster";
import { useWork } from "@/components/ui/use-work";
import { api, apiPath } from "@/lib/http/api-client";
import type { RunView } from "@/lib/tracking";
import { trackingKeys } from "../queries";

/** The name of a run; who may write changes it in place. */
export function RunName({ workspace, run, canWrite }: { workspace: string; run: RunView; canWrite: boolean }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const { isPending, run: work } = useWork();
  const pen = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const isEditing = draft !== undefined;
  useEffect(() => {
    if (isEditing) box.current?.focus();
  }, [isEditing]);
  const close = () => {
    setDraft(undefined);
    requestAnimationFrame(() => pen.current?.focus());
  };
  const save = async () => {
    const name = draft?.trim() ?? "";
    if (name === "" || name === run.name) {
      close();
      return;
    }
    await work(() => attempt("Not renamed", async () => {
      queries.setQueryData(trackingKeys.run(workspace, run.runId), await api.patch<RunView>(apiPath(workspace, "runs", run.runId), { name }));
      close();
    }));
  };
  if (draft === undefined) {
    return (
      <>
        {run.name}
        {canWrite && <button ref={pen} type="button" aria-label="Rename the run" title="Rename the run" onClick={() => setDraft(run.name)} className="relative ml-1.5 inline-grid size-6 place-items-center rounded align-middle text-fg-3 hover:bg-surface-2 hover:text-fg pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5"><Icon name="pen" size={14} /></button>}
      </>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") void save();
    else if (event.key === "Escape") close();
  };
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Input aria-label="Name of the run" value={draft} maxLength={250} ref={box} onFocus={(event) => event.target.select()} onChange={(event) => setDraft(event.target.value)} onKeyDown={onKeyDown} className="w-72! font-normal" />
      <Button size="sm" variant="primary" pending={isPending} pendingLabel="Renaming…" onClick={() => void save()}>Rename</Button>
      <Button size="sm" variant="ghost" onClick={close}>Cancel</Button>
    </span>
  );
}
