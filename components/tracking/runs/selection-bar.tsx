"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { formatCount } from "@/components/ui/format";
import { useShortcut } from "@/components/ui/shortcuts";
import { attempt, notify } from "@/components/ui/toaster";
import { useWork } from "@/components/ui/use-work";
import { compareHref, trackingKeys, type TrackingRights } from "../queries";
import { RegisterRunDialog } from "../run/register-run-dialog";
import { DeleteRunsDialog, restoreRuns } from "../delete-runs-dialog";

export type SelectionBarProps = { workspace: string; number: number; runIds: readonly string[]; nameOf: (runId: string) => string; isDeleted: boolean; rights: TrackingRights; onClear: () => void };

const maxCompared = 50;

/** What can be done with the selected runs, at the foot of the window. */
export function SelectionBar({ workspace, number, runIds, nameOf, isDeleted, rights, onClear }: SelectionBarProps) {
  const queries = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const [isRegistering, setRegistering] = useState(false);
  const { isPending: isRestoring, run } = useWork();
  useShortcut("Escape", onClear, "Clear the selection", "Lists");
  const [only = ""] = runIds;
  const restore = () => run(() => attempt("Not restored", async () => {
    await restoreRuns(workspace, runIds);
    notify.done(`${formatCount(runIds.length, "run")} restored`);
    onClear();
    await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
  }));
  return (
    <div role="toolbar" aria-label="Selected runs" className="fixed bottom-4 left-1/2 z-20 flex max-w-[calc(100vw-24px)] -translate-x-1/2 flex-wrap items-center justify-center gap-1.5 rounded-panel border border-line-2 bg-surface px-2.5 py-1.5 shadow-float max-sm:bottom-16 max-sm:w-[calc(100vw-24px)]">
      <span className="px-1 font-medium" aria-live="polite">{formatCount(runIds.length, "run")} selected</span>
      {!isDeleted && (runIds.length < 2 ? <Button size="sm" disabled title="Select two runs or more">Compare: select two</Button>
        : runIds.length > maxCompared ? <Button size="sm" disabled>Compare: at most {maxCompared}</Button>
        : <ButtonLink size="sm" variant="primary" href={compareHref(workspace, number, runIds)}>Compare {runIds.length}</ButtonLink>)}
      {!isDeleted && runIds.length === 1 && rights.register === undefined && <Button size="sm" icon="cube" onClick={() => setRegistering(true)}>Register…</Button>}
      {rights.write === undefined && (isDeleted
        ? <Button size="sm" icon="retry" pending={isRestoring} pendingLabel="Restoring…" onClick={() => void restore()}>Restore</Button>
        : <Button size="sm" icon="trash" variant="danger-text" onClick={() => setDeleting(true)}>Delete…</Button>)}
      <Button size="sm" variant="ghost" onClick={onClear}>Clear</Button>
      <DeleteRunsDialog workspace={workspace} runs={runIds.map((runId) => ({ runId, name: nameOf(runId) }))} open={isDeleting} onOpenChange={setDeleting} onDone={onClear} />
      {runIds.length === 1 && <RegisterRunDialog workspace={workspace} runId={only} runName={nameOf(only)} open={isRegistering} onOpenChange={setRegistering} />}
    </div>
  );
}
