"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { usePaletteVerbs } from "@/components/shell/palette";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { attempt, notify } from "@/components/ui/toaster";
import type { RunView } from "@/lib/tracking";
import { DeleteRunsDialog, restoreRuns } from "../delete-runs-dialog";
import { trackingKeys, type TrackingRights } from "../queries";
import { RegisterRunDialog } from "./register-run-dialog";

const snippet = (url: string, workspace: string, { runId }: RunView): string => `# export MLFLOW_TRACKING_URI=${url}
# export MLFLOW_TRACKING_TOKEN=slp_…${workspace === "default" ? "" : `\n# export MLFLOW_WORKSPACE=${workspace}`}
import mlflow

run = mlflow.get_run("${runId}")
print(run.data.params, run.data.metrics)
mlflow.artifacts.download_artifacts(run_id="${runId}", dst_path="./${runId.slice(0, 8)}")`;

type Open = "register" | "delete" | "code" | undefined;

/** What can be done with a run. Those who may only read get the code. */
export function RunActions({ workspace, run, rights, mlflowUrl }: { workspace: string; run: RunView; rights: TrackingRights; mlflowUrl: string }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(undefined);
  const isDeleted = run.stage === "deleted";
  const canWrite = rights.write === undefined;
  const canRegister = rights.register === undefined && !isDeleted;
  const change = (which: Open) => (isOpen: boolean) => setOpen(isOpen ? which : undefined);
  const restore = () => attempt("Not restored", async () => {
    await restoreRuns(workspace, [run.runId]);
    notify.done(`${run.name} restored`);
    await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
  });
  const copyId = () => attempt("The browser did not allow it", async () => {
    await navigator.clipboard.writeText(run.runId);
    notify.done("Run id copied");
  });
  usePaletteVerbs(useMemo(() => [
    ...(canRegister ? [{ key: "register-run", label: `Register a model from ${run.name}`, icon: "cube" as const, onSelect: () => setOpen("register") }] : []),
    { key: "run-code", label: "Read this run in Python", icon: "file" as const, onSelect: () => setOpen("code") },
  ], [canRegister, run.name]));
  const items: MenuEntry[] = [
    { label: "Copy run id", icon: "copy", onSelect: () => void copyId() },
    { label: "Read it in Python…", icon: "file", onSelect: () => setOpen("code") },
    ...(canWrite ? (isDeleted ? [] : ["separator" as const, { label: "Delete…", icon: "trash" as const, tone: "crit" as const, onSelect: () => setOpen("delete") }]) : []),
  ];
  return (
    <>
      {canWrite && isDeleted && run.experimentStage === "active" && <Button icon="retry" onClick={() => void restore()}>Restore run</Button>}
      {canRegister && <Button variant="primary" icon="cube" onClick={() => setOpen("register")}>Register model</Button>}
      <Menu trigger={<Button iconOnly icon="more" variant="ghost" aria-label="More actions" />} items={items} />
      <RegisterRunDialog workspace={workspace} runId={run.runId} runName={run.name} open={open === "register"} onOpenChange={change("register")} />
      <DeleteRunsDialog workspace={workspace} runs={[run]} open={open === "delete"} onOpenChange={change("delete")} onDone={() => undefined} />
      <Dialog open={open === "code"} onOpenChange={change("code")} size="md" title={`Read ${run.name} in Python`} description="The unmodified MLflow client; the token comes from Settings, Tokens.">
        <CodeBlock code={snippet(mlflowUrl, workspace, run)} label="Python snippet" />
      </Dialog>
    </>
  );
}
