"use client";

import { useState } from "react";
import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { SearchInput } from "@/components/ui/input";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import type { Version } from "@/lib/registry";

type Dependencies = NonNullable<NonNullable<Version["inspection"]>["mlflow"]>["dependencies"];
type Package = NonNullable<Dependencies>["packages"][number];

const stateOf = ({ origin, isPinned }: Package) => {
  if (origin === "address" || origin === "option") return <Chip tone="warn" icon="alert" bare>not from the index</Chip>;
  return isPinned ? <Chip tone="ok" icon="lock" bare>pinned</Chip> : <Chip tone="idle" icon="dash" bare>open</Chip>;
};

/** The packages that the model needs, as its files ask for them. */
export function DependenciesPanel({ dependencies }: { dependencies: Dependencies }) {
  const [text, setText] = useState("");
  if (!dependencies) return <Panel aria-label="Dependencies"><PanelHeader title="Dependencies" /><EmptyState kind="never" title="Not known">The version has no requirements.txt and no conda.yaml that could be read.</EmptyState></Panel>;
  const wanted = text.trim().toLowerCase();
  const shown = dependencies.packages.filter(({ name, specifier }) => `${name} ${specifier}`.toLowerCase().includes(wanted));
  const pinned = dependencies.packages.filter(({ isPinned }) => isPinned).length;
  return (
    <Panel aria-label="Dependencies">
      <PanelHeader title="Dependencies" note={`${dependencies.packages.length} in ${dependencies.source}, ${pinned} pinned`} />
      <PanelBody><SearchInput value={text} onChange={(event) => setText(event.target.value)} placeholder="Filter packages" aria-label="Filter packages" /></PanelBody>
      {shown.length === 0 ? <EmptyState kind="filtered" title="No package matches" /> : (
        <SmallTable
          label="Packages"
          rows={shown}
          rowKey={({ name }, index) => `${name}-${index}`}
          columns={[
            { header: "Package", className: "[overflow-wrap:anywhere]", cell: ({ name }) => <code>{name}</code> },
            { header: "Version asked for", quiet: true, className: "[overflow-wrap:anywhere]", cell: ({ specifier }) => <code>{specifier || "any"}</code> },
            { header: "State", cell: stateOf },
          ]}
        />
      )}
    </Panel>
  );
}
