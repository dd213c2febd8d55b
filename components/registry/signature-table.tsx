import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { SignaturePort, StoredSignature } from "@/lib/registry";

const shapeOf = ({ shape, dimensionNames }: SignaturePort): string => (shape === null ? "any" : `[${shape.map((size, index) => size ?? dimensionNames?.[index] ?? "n").join(", ")}]`);
const count = (ports: readonly SignaturePort[], word: string): string => `${ports.length} ${word}${ports.length === 1 ? "" : "s"}`;

export const signatureNote = ({ inputs, outputs }: StoredSignature): string => `${count(inputs, "input")}, ${count(outputs, "output")}`;

function Ports({ label, ports }: { label: string; ports: readonly SignaturePort[] }) {
  return (
    <ScrollRegion label={label}>
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="text-left text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className="pl-3.5!">{label}</th>
            <th scope="col">Type</th>
            <th scope="col">Shape</th>
            <th scope="col" className="pr-3.5!">Stored</th>
          </tr>
        </thead>
        <tbody>
          {ports.map((port) => (
            <tr key={port.name} className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 last:[&>td]:border-b-0">
              <td className="pl-3.5!"><code>{port.name}</code></td>
              <td className="text-fg-2">{port.datatype}</td>
              <td className="text-fg-2"><code>{shapeOf(port)}</code></td>
              <td className="pr-3.5!">{port.sensitive === undefined ? <span className="text-fg-2">yes</span> : <Chip tone="wait" icon="lock" bare>{port.sensitive === true ? "redacted" : `${port.sensitive.length} columns redacted`}</Chip>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
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
