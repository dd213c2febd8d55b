"use client";

import { useDeferredValue, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { SearchInput } from "@/components/ui/input";
import { maxColumns, type RunKeys } from "@/lib/tracking";
import { attributeColumns, type ColumnGroup, columnOf, type ColumnSpec } from "./columns";

export type ColumnsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void; keys: RunKeys; columns: readonly ColumnSpec[]; onChange: (columns: readonly ColumnSpec[] | undefined) => void; title?: string | undefined; description?: string | undefined };

const words: Record<ColumnGroup, string> = { metrics: "Metrics", params: "Parameters", tags: "Tags", attributes: "About the run" };
/** More names than anybody reads: the search narrows them. */
const maxShown = 150;

const optionsOf = (keys: RunKeys): Record<ColumnGroup, string[]> => ({ metrics: keys.metrics, params: keys.params, tags: keys.tags, attributes: attributeColumns.map(({ key }) => key) });

/** Which columns stand in the table: every name that the runs use, found by a part of it. */
export function ColumnsDialog({ open, onOpenChange, keys, columns, onChange, title = "Columns", description }: ColumnsDialogProps) {
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const options = optionsOf(keys);
  const chosen = new Set<string>(columns.map(({ id }) => id));
  const isFull = columns.length >= maxColumns;
  const change = (ids: readonly string[]) => onChange(ids.flatMap((id) => columnOf(id) ?? []));
  const toggle = (id: string) => change(chosen.has(id) ? [...chosen].filter((other) => other !== id) : [...chosen, id]);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="md"
      title={title}
      description={description ?? `${columns.length} of ${Object.values(options).flat().length} shown; this experiment opens with them next time.`}
      footer={<><Button onClick={() => onChange(undefined)}>Back to the usual ones</Button><Button variant="primary" onClick={() => onOpenChange(false)}>Done</Button></>}
    >
      <SearchInput aria-label="Find a column" placeholder="Find a column" value={search} onChange={(event) => setSearch(event.target.value)} className="sticky top-0 z-1 mb-2" />
      {isFull && <p className="mb-2 text-sm text-fg-3">The table holds at most {maxColumns} columns: hide some to show others.</p>}
      <div className="grid gap-3">
        {(["metrics", "params", "tags", "attributes"] as const).map((group) => {
          const labelOf = (key: string): string => (group === "attributes" ? (columnOf(`attributes.${key}`)?.label ?? key) : key);
          const found = options[group].filter((key) => labelOf(key).toLowerCase().includes(wanted));
          if (found.length === 0) return null;
          const ids = found.slice(0, maxColumns).map((key) => `${group}.${key}`);
          return (
            <fieldset key={group} className="min-w-0">
              <legend className="mb-0.5 flex w-full items-center gap-2 text-sm">
                <span className="font-medium">{words[group]}</span>
                <span className="flex-1 text-fg-3">{found.filter((key) => chosen.has(`${group}.${key}`)).length} of {found.length}</span>
              </legend>
              <div className="-mt-[22px] mb-1 flex justify-end gap-1">
                <Button size="sm" variant="ghost" onClick={() => change([...chosen, ...ids])}>All<span className="sr-only"> {words[group]}</span></Button>
                <Button size="sm" variant="ghost" onClick={() => change([...chosen].filter((id) => !ids.includes(id)))}>None<span className="sr-only"> of {words[group]}</span></Button>
              </div>
              <div className="grid gap-x-4 sm:grid-cols-2">
                {found.slice(0, maxShown).map((key) => {
                  const id = `${group}.${key}`;
                  return <Checkbox key={id} label={group === "attributes" ? labelOf(key) : <code className="text-sm [overflow-wrap:anywhere]">{key}</code>} checked={chosen.has(id)} disabled={isFull && !chosen.has(id)} onChange={() => toggle(id)} />;
                })}
              </div>
              {found.length > maxShown && <p className="text-sm text-fg-3">{found.length - maxShown} more: type a part of the name.</p>}
            </fieldset>
          );
        })}
      </div>
    </Dialog>
  );
}
