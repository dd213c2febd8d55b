"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useState } from "react";
import { EmptyState } from "@/components/patterns/states";
import { Panel } from "@/components/ui/panel";
import type { RunView } from "@/lib/tracking";
import type { FilesOwner } from "../queries";
import { ArtifactPreview } from "./artifact-preview";
import { ArtifactTree } from "./artifact-tree";

/** Files of a run and of the models that it logged, with what the chosen one holds. The choice is in the URL. */
export function ArtifactsPanel({ workspace, run }: { workspace: string; run: RunView }) {
  const [{ file, in: within }, setChoice] = useQueryStates({ file: parseAsString, in: parseAsString }, { history: "replace" });
  const [sizes, setSizes] = useState<ReadonlyMap<string, number | null>>(new Map());
  const model = run.models.find(({ modelId }) => modelId === within);
  const owner: FilesOwner = model === undefined ? { kind: "run", id: run.runId } : { kind: "model", id: model.modelId };
  const choose = (chosen: FilesOwner, path: string, size: number | null) => {
    setSizes((now) => new Map(now).set(`${chosen.id} ${path}`, size));
    void setChoice({ file: path, in: chosen.kind === "model" ? chosen.id : null });
  };
  const roots = [
    { owner: { kind: "run" as const, id: run.runId }, label: "Run", note: "logged with log_artifact" },
    ...run.models.map(({ modelId, name }) => ({ owner: { kind: "model" as const, id: modelId }, label: name, note: "logged model" })),
  ];
  return (
    <Panel aria-label="Artifacts" className="grid min-w-0 grid-cols-[minmax(0,1fr)] md:grid-cols-[minmax(240px,320px)_minmax(0,1fr)]">
      <nav aria-label="Files" className="min-w-0 border-line max-md:border-b md:border-r">
        {roots.map((root) => <ArtifactTree key={root.owner.id} workspace={workspace} {...root} chosen={root.owner.id === owner.id ? (file ?? undefined) : undefined} isOpen={root.owner.kind === "run" || root.owner.id === within || run.models.length === 1} onChoose={(path, size) => choose(root.owner, path, size)} />)}
      </nav>
      {file === null
        ? <EmptyState kind="never" icon="file" title="Choose a file to look at it">Images, text, JSON, CSV, HTML, Markdown and MLmodel are shown here; everything can be downloaded.</EmptyState>
        : <ArtifactPreview workspace={workspace} owner={owner} path={file} size={sizes.get(`${owner.id} ${file}`) ?? null} />}
    </Panel>
  );
}
