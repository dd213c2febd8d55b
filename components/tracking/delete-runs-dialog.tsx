"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { formatCount } from "@/components/ui/format";
import { notify } from "@/components/ui/toaster";
import { api, apiPath } from "@/lib/http/api-client";
import { trackingKeys } from "./queries";

export type DeleteRunsDialogProps = { workspace: string; runs: readonly { runId: string; name: string }[]; open: boolean; onOpenChange: (open: boolean) => void; onDone: () => void };

/** The API takes a thousand ids a call. */
const perCall = 1_000;

const move = async (workspace: string, verb: "delete" | "restore", runIds: readonly string[]): Promise<void> => {
  for (let from = 0; from < runIds.length; from += perCall) await api.post<{ changed: number }>(apiPath(workspace, "runs", verb), { runIds: runIds.slice(from, from + perCall) });
};

export const restoreRuns = (workspace: string, runIds: readonly string[]): Promise<void> => move(workspace, "restore", runIds);

/** Asks before runs are hidden. */
export function DeleteRunsDialog({ workspace, runs, open, onOpenChange, onDone }: DeleteRunsDialogProps) {
  const queries = useQueryClient();
  const what = runs.length === 1 ? (runs[0]?.name ?? "this run") : formatCount(runs.length, "run");
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      question={`Delete ${what}?`}
      now={runs.length === 1 ? "In the list and in searches" : `${formatCount(runs.length, "run")} in the list and in searches`}
      after="Under Deleted; clients can't write to them any more"
      reaches="Model versions that came from them stay as they are: their files are frozen."
      wayBack="Restore, under Deleted, until the retention time of the workspace has passed"
      confirmLabel={runs.length === 1 ? "Delete run" : `Delete ${formatCount(runs.length, "run")}`}
      pendingLabel="Deleting…"
      cancelLabel={runs.length === 1 ? "Keep run" : "Keep runs"}
      onConfirm={async () => {
        await move(workspace, "delete", runs.map(({ runId }) => runId));
        notify.done(`${what} deleted`);
        onDone();
        await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
      }}
    />
  );
}
