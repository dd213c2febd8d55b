"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useRef, useState } from "react";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Panel } from "@/components/ui/panel";
import type { ArtifactEntry, RunView } from "@/lib/tracking";
import { filesOf, type FilesOwner } from "../queries";
import { ArtifactPreview } from "./artifact-preview";
import { ArtifactTree } from "./artifact-tree";

/** Files of a run and of the models that it logged, with what the chosen one holds. The choice is in the URL. */
export function ArtifactsPanel({ workspace, run }: { workspace: string; run: RunView }) {
  const [{ file, in: within }, setChoice] = useQueryStates({ file: parseAsString, in: parseAsString }, { history: "replace" });
  const [sizes, setSizes] = useState<ReadonlyMap<string, number | null>>(new Map());
  const model = run.models.find(({ modelId }) => modelId === within);
  const owner: FilesOwner = model === undefined ? { kind: "run", id: run.runId } : { kind: "model", id: model.modelId };
  const preview = useRef<HTMLDivElement>(null);
  const { rows: own } = useCursorList<ArtifactEntry>(filesOf(workspace, { kind: "run", id: run.runId }, ""));
  const choose = (chosen: FilesOwner, path: string, size: number | null) => {
    setSizes((now) => new Map(now).set(`${chosen.id} ${path}`, size));
    void setChoice({ file: path, in: chosen.kind === "model" ? chosen.id : null });
    // On a narrow screen the preview stands below the files, maybe far below.
    if (preview.current && preview.current.getBoundingClientRect().top > window.innerHeight - 160) preview.current.scrollIntoView({ block: "start" });
  };
  const roots = [
    { owner: { kind: "run" as const, id: run.runId }, label: "Run", note: "logged with log_artifact" },
    ...run.models.map(({ modelId, name }) => ({ owner: { kind: "model" as const, id: modelId }, label: name, note: "logged model" })),
  ];
  if (own?.length === 0 && run.models.length === 0 && file === null) {
    return <Panel><EmptyState kind="never" icon="file" title={run.status === "RUNNING" ? "This run has logged no file yet" : "This run has logged no file"} code={{ code: 'mlflow.log_artifact("confusion_matrix.png")\nmlflow.log_dict(config, "config.json")', label: "how files are logged" }} /></Panel>;
  }
  return (
    <Panel aria-label="Artifacts" className="grid min-w-0 grid-cols-[minmax(0,1fr)] md:grid-cols-[minmax(240px,320px)_minmax(0,1fr)]">
      <nav aria-label="Files" className="min-w-0 border-line max-md:border-b md:border-r">
        {roots.map((root) => <ArtifactTree key={root.owner.id} workspace={workspace} {...root} chosen={root.owner.id === owner.id ? (file ?? undefined) : undefined} isOpen={root.owner.kind === "run" || root.owner.id === within || run.models.length === 1} onChoose={(path, size) => choose(root.owner, path, size)} />)}
      </nav>
      <div ref={preview} className="min-w-0 scroll-mt-14">{file === null
        ? <EmptyState kind="never" icon="file" title="Choose a file to look at it">Images, text, JSON, CSV, HTML, Markdown and MLmodel are shown here; everything can be downloaded.</EmptyState>
        : <ArtifactPreview workspace={workspace} owner={owner} path={file} size={sizes.get(`${owner.id} ${file}`) ?? null} />}</div>
    </Panel>
  );
}
