"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Textarea } from "@/components/ui/input";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { useWork } from "@/components/ui/use-work";
import { api, apiPath } from "@/lib/http/api-client";
import type { RunView } from "@/lib/tracking";
import { trackingKeys } from "../queries";

const Markdown = dynamic(() => import("./markdown").then((module) => module.Markdown));

/** The note of a run as it reads, and its Markdown while it is written. */
export function NotePanel({ workspace, run, canWrite }: { workspace: string; run: RunView; canWrite: boolean }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const saving = useWork();
  const save = () => saving.run(async () => {
    queries.setQueryData(trackingKeys.run(workspace, run.runId), await api.patch<RunView>(apiPath(workspace, "runs", run.runId), { note: draft }));
    setDraft(undefined);
  });
  if (run.note === "" && draft === undefined && !canWrite) return null;
  return (
    <Panel aria-label="Notes">
      <PanelHeader title="Notes" plain={run.note === "" && draft === undefined}>{canWrite && draft === undefined && <Button size="sm" icon="pen" onClick={() => setDraft(run.note)}>{run.note === "" ? "Write a note" : "Edit"}</Button>}</PanelHeader>
      {draft !== undefined ? (
        <PanelBody className="grid gap-2">
          <Textarea aria-label="Note in Markdown" rows={8} maxLength={8_000} value={draft} onChange={(event) => setDraft(event.target.value)} className="font-mono text-sm" placeholder={"## What was tried\n\nMarkdown: **bold**, lists, tables, `code`, links"} />
          <FailureNotice title="Not saved." failure={saving.failure} />
          <div className="flex items-center justify-end gap-2">
            <span className="mr-auto text-sm text-fg-3">Markdown, {8_000 - draft.length} characters left</span>
            <Button size="sm" onClick={() => { setDraft(undefined); saving.reset(); }}>Cancel</Button>
            <Button size="sm" variant="primary" pending={saving.isPending} pendingLabel="Saving…" onClick={() => void save()}>Save note</Button>
          </div>
        </PanelBody>
      ) : run.note !== "" && <PanelBody><Markdown text={run.note} /></PanelBody>}
    </Panel>
  );
}
