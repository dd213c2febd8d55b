"use client";

import { useState } from "react";
import { DataTable } from "@/components/patterns/data-table";
import { EmptyState } from "@/components/patterns/states";
import { versionHref } from "@/components/registry/queries";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link";
import { SegmentedControl } from "@/components/ui/segmented";
import { Tag } from "@/components/ui/tag";
import type { CheckView, DossierView } from "@/lib/governance";
import { DocumentDialog } from "./document-dialog";
import { checkStatusView } from "./present";

type Show = "all" | CheckView["status"];
const words: Record<CheckView["status"], string> = { FAIL: "Failed", MISSING: "Missing", PASS: "Passed" };

/** The checks of the policy with what was found, worst first, and the documents behind them. */
export function DossierEvidence({ workspace, dossier }: { workspace: string; dossier: DossierView }) {
  const [show, setShow] = useState<Show>("all");
  const [opened, setOpened] = useState<string>();
  const { checks, status } = dossier;
  const counted = (["FAIL", "MISSING", "PASS"] as const).map((value) => ({ value, count: checks.filter((check) => check.status === value).length })).filter(({ count }) => count > 0);
  return (
    <section aria-label="Evidence" className="min-w-0">
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">Evidence <span className="font-normal text-fg-3">{status === "OPEN" ? "judged again at each decision" : "as it is now"}</span></h2>
        {counted.length > 1 && <SegmentedControl<Show> label="Show" value={show} onChange={setShow} segments={[{ value: "all", label: `All ${checks.length}` }, ...counted.map(({ value, count }) => ({ value, label: `${words[value]} ${count}` }))]} />}
      </div>
      <DataTable
        label="Checks, worst first"
        what="checks"
        rows={show === "all" ? checks : checks.filter((check) => check.status === show)}
        rowKey={(check) => `${check.key} ${check.title}`}
        rowTone={(check) => (check.status === "PASS" ? undefined : check.isRequired ? checkStatusView(check.status).tone : "idle")}
        rowHeight={52}
        cards
        columns={[
          { id: "result", header: "Result", width: "100px", phone: "bare", cell: (check) => <Status status={checkStatusView(check.status)} bare /> },
          { id: "check", header: "Check", width: "30%", phone: "full", cell: (check) => <span className="grid"><span className="flex flex-wrap items-center gap-1.5"><b className="font-medium">{check.title}</b>{!check.isRequired && <Tag>not required</Tag>}</span><span className="text-sm text-fg-2">{check.requirement}</span></span> },
          { id: "finding", header: "Finding", phone: "full", cell: (check) => <Finding workspace={workspace} dossier={dossier} check={check} /> },
          { id: "from", header: "From", width: "150px", cell: (check) => <span className="text-sm text-fg-2">{check.from ?? "nobody yet"}</span> },
          { id: "document", header: "Document", headerHidden: true, align: "right", width: "80px", phone: "bare", cell: ({ evidenceId, title }) => evidenceId !== null && <Button size="sm" onClick={() => setOpened(evidenceId)} aria-label={`Read the document of ${title}`}>Read</Button> },
        ]}
        empty={<EmptyState kind="never" title="The policy of this environment asks for no check." />}
      />
      <DocumentDialog workspace={workspace} id={opened} onClose={() => setOpened(undefined)} />
    </section>
  );
}

function Finding({ workspace, dossier: { model, version }, check }: { workspace: string; dossier: DossierView; check: CheckView }) {
  return (
    <span className="grid [overflow-wrap:anywhere]">
      <span>{check.finding}</span>
      {check.remedy !== null && <span className="text-sm text-fg-2">{check.remedy} {check.key !== "inspection" && <TextLink href={versionHref(workspace, model, version)}>Open v{version}</TextLink>}</span>}
    </span>
  );
}
