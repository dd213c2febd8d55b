import { useMemo, useState, type ReactNode } from "react";
import { KeyValues } from "@/components/ui/key-values";
import { SegmentedControl } from "@/components/ui/segmented";
import { type Mlmodel, type PortRow, readMlmodel } from "./mlmodel";
import { SchemaTable } from "./schema-table";

/** An MLmodel file for people: signature, flavours, facts; or the text. */
export function MlmodelView({ text, fallback }: { text: string; fallback: ReactNode }) {
  const model = useMemo(() => readMlmodel(text), [text]);
  const [view, setView] = useState<"read" | "source">("read");
  if (model === undefined) return fallback;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)]">
      <div className="px-3.5 pt-2.5"><SegmentedControl label="Show" value={view} onChange={setView} segments={[{ value: "read", label: "Read" }, { value: "source", label: "Source" }]} /></div>
      {view === "source" ? fallback : <Readable model={model} />}
    </div>
  );
}

function Readable({ model: { flavors, facts, inputs, outputs, params } }: { model: Mlmodel }) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 p-3.5">
      {inputs.length > 0 && <Ports label="Inputs" ports={inputs} />}
      {outputs.length > 0 && <Ports label="Outputs" ports={outputs} />}
      {inputs.length + outputs.length === 0 && <p className="text-fg-2">No signature: log the model with an input example, and its inputs are checked before release.</p>}
      {params.length > 0 && <Section title="Parameters of a prediction"><KeyValues align="left" items={params.map(({ name, type, fallback }) => ({ label: <code>{name}</code>, value: `${type}, ${fallback} unless given` }))} /></Section>}
      {flavors.map(({ name, facts: flavour }) => <Section key={name} title={name}>{flavour.length === 0 ? <p className="text-sm text-fg-3">no settings</p> : <KeyValues align="left" items={flavour.map(([label, value]) => ({ label, value: <code className="text-sm">{value}</code> }))} />}</Section>)}
      {facts.length > 0 && <Section title="Facts"><KeyValues align="left" items={facts.map(([label, value]) => ({ label: label.replaceAll("_", " "), value: <code className="text-sm">{value}</code> }))} /></Section>}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section className="min-w-0"><h4 className="mb-1 font-medium">{title}</h4>{children}</section>;
}

function Ports({ label, ports }: { label: string; ports: readonly PortRow[] }) {
  return (
    <Section title={label}>
      <SchemaTable label={label} head="Name" rows={ports.map((port) => ({ ...port, isUnnamed: /^\d+$/.test(port.name) }))} className="max-w-xl" />
    </Section>
  );
}
