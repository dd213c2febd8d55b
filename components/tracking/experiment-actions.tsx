"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { formatCount } from "@/components/ui/format";
import { Menu } from "@/components/ui/menu";
import { attempt, notify } from "@/components/ui/toaster";
import { api, apiPath } from "@/lib/http/api-client";
import type { ExperimentView } from "@/lib/tracking";
import { ExperimentDialog } from "./experiment-dialog";
import { trackingKeys, type TrackingRights } from "./queries";

/** Rename, delete and restore of one experiment. Nothing for those who may not. */
export function ExperimentActions({ workspace, experiment, rights, small = false }: { workspace: string; experiment: ExperimentView; rights: TrackingRights; small?: boolean | undefined }) {
  const queries = useQueryClient();
  const router = useRouter();
  const [open, setOpen] = useState<"rename" | "delete" | undefined>(undefined);
  if (rights.write !== undefined) return null;
  const isDeleted = experiment.stage === "deleted";
  const path = apiPath(workspace, "experiments", String(experiment.number));
  const refresh = async () => {
    router.refresh();
    await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
  };
  const restore = () => attempt("Not restored", async () => {
    await api.post<ExperimentView>(`${path}/restore`);
    notify.done(`${experiment.name} restored`);
    await refresh();
  });
  const runs = `${experiment.runs.isExact ? "" : "more than "}${formatCount(experiment.runs.count, "run")}`;
  return (
    <>
      {isDeleted && !small && <Button icon="retry" onClick={() => void restore()}>Restore experiment</Button>}
      <Menu
        trigger={<Button iconOnly icon="more" variant="ghost" size={small ? "sm" : "md"} aria-label={`Actions for ${experiment.name}`} />}
        items={isDeleted ? [{ label: "Restore", icon: "retry", onSelect: () => void restore() }] : [
          { label: "Rename…", icon: "flask", onSelect: () => setOpen("rename") },
          "separator",
          { label: "Delete…", icon: "trash", tone: "crit", onSelect: () => setOpen("delete"), ...(experiment.number === 0 ? { hint: "Clients that name no experiment log here" } : {}) },
        ]}
      />
      <ExperimentDialog workspace={workspace} experiment={experiment} open={open === "rename"} onOpenChange={(isOpen) => setOpen(isOpen ? "rename" : undefined)} onDone={() => void refresh()} />
      <ConfirmDialog
        open={open === "delete"}
        onOpenChange={(isOpen) => setOpen(isOpen ? "delete" : undefined)}
        question={`Delete ${experiment.name}?`}
        now={`Active, ${runs}`}
        after={`Under Deleted with its ${runs}; clients can't log to it`}
        reaches="Model versions that came from its runs stay as they are: their files are frozen."
        wayBack="Restore, under Deleted, until the retention time of the workspace has passed"
        confirmLabel="Delete experiment"
        pendingLabel="Deleting…"
        cancelLabel="Keep experiment"
        onConfirm={async () => {
          await api.delete(path);
          notify.done(`${experiment.name} deleted`);
          await refresh();
        }}
      />
    </>
  );
}
