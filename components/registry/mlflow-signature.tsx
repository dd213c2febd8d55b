import { type ReactNode } from "react";
import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { Version } from "@/lib/registry";

type Mlflow = NonNullable<NonNullable<Version["inspection"]>["mlflow"]>;
type Field = NonNullable<Mlflow["inputs"]>[number];

const typeOf = ({ type, shape }: Pick<Field, "type" | "shape">): string => (shape === null ? type : `${type} [${shape.map((size) => size ?? "n").join(", ")}]`);
const count = (list: readonly unknown[] | null, word: string): string => `${list?.length ?? 0} ${word}${list?.length === 1 ? "" : "s"}`;

/** Inputs, outputs and parameters as MLflow states them, and how each travels. */
export function MlflowSignaturePanel({ version, mlflow }: { version: Version; mlflow: Mlflow }) {
  const { inputs, outputs, params } = mlflow;
  if (!inputs) return <Panel aria-label="Signature"><PanelHeader title="Signature" /><EmptyState kind="never" title="No signature">The model was logged without one: nobody can say what it takes. Log it with <code>signature=infer_signature(…)</code>.</EmptyState></Panel>;
  return (
    <Panel aria-label="Signature">
      <PanelHeader title="Signature" note={[count(inputs, "input"), count(outputs, "output"), ...(params ? [count(params, "parameter")] : [])].join(", ")} />
      <Fields label="Input" fields={inputs} ports={version.signature?.inputs ?? []} hasNeed />
      {outputs && <Fields label="Output" fields={outputs} ports={version.signature?.outputs ?? []} />}
      {params && params.length > 0 && (
        <Table label="Parameter" heads={["Type", "Default"]}>
          {params.map((param) => <Row key={param.name} name={param.name} cells={[param.shape === null ? param.type : `list of ${param.type}`, <code key="default">{param.default}</code>]} />)}
        </Table>
      )}
    </Panel>
  );
}

function Fields({ label, fields, ports, hasNeed = false }: { label: string; fields: readonly Field[]; ports: NonNullable<Version["signature"]>["inputs"]; hasNeed?: boolean }) {
  return (
    <Table label={label} heads={["Type", ...(hasNeed ? ["Needed"] : []), "In the protocol", "Stored"]}>
      {fields.map((field, index) => {
        const port = ports[index];
        const name = field.name ?? port?.name ?? String(index);
        const wire = port ? (port.kind === "tensor" ? port.datatype : "BYTES, JSON text") : "not known";
        const stored = port?.sensitive === undefined ? <span key="stored" className="text-fg-2">yes</span> : <Chip key="stored" tone="wait" icon="lock" bare>redacted</Chip>;
        return <Row key={`${name}-${index}`} name={name} isUnnamed={field.name === null} cells={[<span key="type" className="[overflow-wrap:anywhere]">{typeOf(field)}</span>, ...(hasNeed ? [field.required ? "yes" : "optional"] : []), wire, stored]} />;
      })}
    </Table>
  );
}

function Table({ label, heads, children }: { label: string; heads: readonly string[]; children: ReactNode }) {
  return (
    <ScrollRegion label={label}>
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="text-left text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium last:[&>th]:pr-3.5">
            <th scope="col" className="pl-3.5!">{label}</th>
            {heads.map((head) => <th key={head} scope="col">{head}</th>)}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ name, isUnnamed = false, cells }: { name: string; isUnnamed?: boolean; cells: readonly ReactNode[] }) {
  return (
    <tr className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 last:[&>td]:border-b-0">
      <td className="pl-3.5!"><code>{name}</code>{isUnnamed && <span className="text-fg-3"> unnamed</span>}</td>
      {cells.map((cell, index) => <td key={index} className="text-fg-2">{cell}</td>)}
    </tr>
  );
}
