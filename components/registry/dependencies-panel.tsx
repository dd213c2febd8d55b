"use client";

import { useState } from "react";
import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { SearchInput } from "@/components/ui/input";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
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
        <ScrollRegion label="Packages">
          <table className="w-full border-collapse text-sm">
            <thead>
              <tr className="text-left text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium">
                <th scope="col" className="pl-3.5!">Package</th>
                <th scope="col">Version asked for</th>
                <th scope="col" className="pr-3.5!">State</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item, index) => (
                <tr key={`${item.name}-${index}`} className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 last:[&>td]:border-b-0">
                  <td className="pl-3.5! [overflow-wrap:anywhere]"><code>{item.name}</code></td>
                  <td className="text-fg-2 [overflow-wrap:anywhere]"><code>{item.specifier || "any"}</code></td>
                  <td className="pr-3.5!">{stateOf(item)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Panel>
  );
}
