"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Digest } from "@/components/ui/digest";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import type { DatasetView } from "@/lib/tracking";
import { readRowCount, readSchema } from "./dataset-schema";
import { SchemaTable } from "./schema-table";

/** The datasets that a run read, each with its schema. */
export function DatasetsPanel({ datasets }: { datasets: readonly DatasetView[] }) {
  const [open, setOpen] = useState<DatasetView | undefined>(undefined);
  return (
    <Panel aria-label="Datasets">
      <PanelHeader title="Datasets" />
      {datasets.length === 0 ? <PanelBody><p className="text-sm text-fg-2">None noted: <code>mlflow.log_input</code> keeps which data a run used.</p></PanelBody> : (
        <ul>
          {datasets.map((dataset) => {
            const fields = readSchema(dataset.schema);
            const rows = readRowCount(dataset.profile);
            return (
              <li key={`${dataset.name} ${dataset.digest} ${dataset.context ?? ""}`} className="grid gap-1 border-b border-line px-3.5 py-2 last:border-b-0">
                <span className="flex flex-wrap items-center gap-1.5"><Icon name="database" size={14} className="text-fg-3" /><span className="font-medium [overflow-wrap:anywhere]">{dataset.name}</span>{dataset.context !== null && <Tag>{dataset.context}</Tag>}</span>
                <span className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2"><Digest value={dataset.digest} />{rows !== undefined && <span>{formatCount(rows, "row")}</span>}<Button size="sm" variant="ghost" onClick={() => setOpen(dataset)}>{fields.length > 0 ? formatCount(fields.length, "column") : "Details"}</Button></span>
              </li>
            );
          })}
        </ul>
      )}
      <Dialog open={open !== undefined} onOpenChange={(isOpen) => !isOpen && setOpen(undefined)} size="md" title={open?.name ?? ""} description={open?.context === null ? undefined : `Used for ${open?.context ?? ""}`}>
        {open && <Details dataset={open} />}
      </Dialog>
    </Panel>
  );
}

function Details({ dataset: { digest, sourceType, source, schema, profile } }: { dataset: DatasetView }) {
  const fields = readSchema(schema);
  return (
    <div className="grid gap-3">
      <KeyValues align="left" items={[{ label: "Digest", value: <code className="text-sm">{digest}</code> }, { label: "Source", value: `${sourceType}: ${source}` }, ...(profile === null ? [] : [{ label: "Profile", value: profile }])]} />
      {fields.length === 0 ? <p className="text-fg-2">{schema === null ? "The client sent no schema." : schema}</p> : (
        <SchemaTable label="Columns" head="Column" rows={fields} />
      )}
    </div>
  );
}
