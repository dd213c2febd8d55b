import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import type { SignaturePort, StoredSignature } from "@/lib/registry";

const shapeOf = ({ shape, dimensionNames }: SignaturePort): string => (shape === null ? "any" : `[${shape.map((size, index) => size ?? dimensionNames?.[index] ?? "n").join(", ")}]`);
const count = (ports: readonly SignaturePort[], word: string): string => `${ports.length} ${word}${ports.length === 1 ? "" : "s"}`;

export const signatureNote = ({ inputs, outputs }: StoredSignature): string => `${count(inputs, "input")}, ${count(outputs, "output")}`;

function Ports({ label, ports }: { label: string; ports: readonly SignaturePort[] }) {
  return (
    <SmallTable
      label={label}
      rows={ports}
      rowKey={({ name }) => name}
      columns={[
        { header: label, className: "w-2/5", cell: ({ name }) => <code>{name}</code> },
        { header: "Type", quiet: true, className: "w-1/5", cell: ({ datatype }) => datatype },
        { header: "Shape", quiet: true, className: "w-1/5", cell: (port) => <code>{shapeOf(port)}</code> },
        { header: "Stored", cell: ({ sensitive }) => (sensitive === undefined ? <span className="text-fg-2">yes</span> : <Chip tone="wait" icon="lock" bare>{sensitive === true ? "redacted" : `${sensitive.length} columns redacted`}</Chip>) },
      ]}
    />
  );
}

/** Inputs and outputs with types and shapes, as the inspection found them. */
export function SignaturePanel({ signature, isChecking }: { signature: StoredSignature | null; isChecking: boolean }) {
  return (
    <Panel aria-label="Signature">
      <PanelHeader title="Signature" note={signature ? signatureNote(signature) : undefined} />
      {signature ? <><Ports label="Input" ports={signature.inputs} /><Ports label="Output" ports={signature.outputs} /></> : isChecking ? <EmptyState kind="never" icon="spin" title="The inspection is reading it" /> : <EmptyState kind="never" title="No signature">The inspection found no model whose inputs and outputs it could read.</EmptyState>}
    </Panel>
  );
}

/** Names of the columns of each input. */
export function FeaturesPanel({ signature }: { signature: StoredSignature }) {
  const named = signature.inputs.filter((port) => (port.features?.length ?? 0) > 0);
  return (
    <Panel aria-label="Features">
      <PanelHeader title="Features" note={named.length > 0 ? `${named.reduce((sum, port) => sum + (port.features?.length ?? 0), 0)} named` : undefined} />
      {named.length === 0 ? (
        <EmptyState kind="never" title="The columns have no names">Give featureNames when you register a version, or log it with an MLflow signature; drift is then shown by name.</EmptyState>
      ) : (
        <PanelBody className="grid gap-3">
          {named.map((port) => (
            <div key={port.name}>
              <p className="mb-1 text-sm text-fg-3"><code>{port.name}</code></p>
              <ol className="flex flex-wrap gap-1.5">
                {port.features?.map((feature, index) => (
                  <li key={feature} className="rounded-chip border border-line-2 px-1.5 font-mono text-sm text-fg-2">
                    {feature}
                    {(port.sensitive === true || port.sensitive?.includes(index)) && <span className="text-wait"> redacted</span>}
                  </li>
                ))}
              </ol>
            </div>
          ))}
        </PanelBody>
      )}
    </Panel>
  );
}
