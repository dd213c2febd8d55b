"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { FileDrop } from "@/components/ui/file-drop";
import { Input } from "@/components/ui/input";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { notify } from "@/components/ui/toaster";
import { useWork } from "@/components/ui/use-work";
import { monitoringKeys, pinReference } from "./queries";

type PinReferenceProps = { workspace: string; model: string; version: number; blocked: string | undefined };

/** Pins the rows that a version's live data is compared with; they are counted and thrown away. */
export function PinReference({ workspace, model, version, blocked }: PinReferenceProps) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [column, setColumn] = useState("");
  const [progress, setProgress] = useState<number>();
  const { isPending: pending, failure, run } = useWork();
  const pin = () => run(async () => {
    if (!file) return;
    setProgress(0);
    try {
      const view = await pinReference(workspace, model, version, file, column.trim(), setProgress);
      notify.done(`${view.rows} rows are the reference of ${model} v${version} now`);
      await queries.invalidateQueries({ queryKey: monitoringKeys.all(workspace) });
    } finally {
      setProgress(undefined);
    }
  });
  if (blocked !== undefined) return <Panel><EmptyState kind="forbidden" title={`No reference is pinned to ${model} v${version} yet`}>{blocked}</EmptyState></Panel>;
  return (
    <Panel>
      <PanelHeader title={`Pin the reference of ${model} v${version}`} note="drift is measured against it" />
      <PanelBody className="grid max-w-[640px] gap-3">
        <p className="text-fg-2">Send rows that the model knows, such as its training rows: at least 1,000, as CSV with a header or as JSON, one column for each feature. Bins and counts are kept, the rows are not.</p>
        <FileDrop onFiles={([first]) => setFile(first)} label={file ? file.name : "Drop the rows here, or choose a file"} hint="CSV or JSON, up to 200 MB" accept=".csv,.json,.jsonl,.ndjson" disabled={pending} progress={progress} />
        <Field label="Column of the predicted class" optional hint="With it, a monitor can watch the mix of predictions too.">
          <Input value={column} onChange={(event) => setColumn(event.target.value)} mono placeholder="prediction" disabled={pending} />
        </Field>
        <FailureNotice title="The reference was not pinned." failure={failure} />
        <div><Button variant="primary" onClick={() => void pin()} disabled={!file} pending={pending} pendingLabel="Counting rows…">Pin the reference</Button>{!file && <span className="ml-2.5 text-sm text-fg-3">Choose a file first.</span>}</div>
      </PanelBody>
    </Panel>
  );
}
