import { EmptyState } from "@/components/patterns/states";
import { Chip } from "@/components/ui/chip";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import type { Version } from "@/lib/registry";

type Mlflow = NonNullable<NonNullable<Version["inspection"]>["mlflow"]>;
type Field = NonNullable<Mlflow["inputs"]>[number];

const typeOf = ({ type, shape }: Pick<Field, "type" | "shape">): string => (shape === null ? type : `${type} [${shape.map((size) => size ?? "n").join(", ")}]`);
type Port = NonNullable<Version["signature"]>["inputs"][number];
const wireOf = (port: Port | undefined): string => (port ? (port.kind === "tensor" ? port.datatype : "BYTES, JSON text") : "not known");
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
        <SmallTable
          label="Parameter"
          minWidth="min-w-[560px]"
          rows={params}
          rowKey={({ name }) => name}
          columns={[
            { header: "Parameter", className: "w-2/5", cell: ({ name }) => <code>{name}</code> },
            { header: "Type", quiet: true, cell: ({ type, shape }) => (shape === null ? type : `list of ${type}`) },
            { header: "Default", quiet: true, cell: (param) => <code>{param.default}</code> },
          ]}
        />
      )}
    </Panel>
  );
}

function Fields({ label, fields, ports, hasNeed = false }: { label: string; fields: readonly Field[]; ports: readonly Port[]; hasNeed?: boolean }) {
  return (
    <SmallTable
      label={label}
      minWidth="min-w-[560px]"
      rows={fields}
      rowKey={({ name }, index) => `${name ?? ""}-${index}`}
      columns={[
        { header: label, className: "w-2/5", cell: ({ name }, index) => <><code>{name ?? ports[index]?.name ?? String(index)}</code>{name === null && <span className="text-fg-3"> unnamed</span>}</> },
        { header: "Type", quiet: true, className: "[overflow-wrap:anywhere]", cell: typeOf },
        ...(hasNeed ? [{ header: "Needed", quiet: true, cell: ({ required }: Field) => (required ? "yes" : "optional") }] : []),
        { header: "In the protocol", quiet: true, cell: (_, index) => wireOf(ports[index]) },
        { header: "Stored", quiet: true, cell: (_, index) => (ports[index]?.sensitive === undefined ? "yes" : <Chip tone="wait" icon="lock" bare>redacted</Chip>) },
      ]}
    />
  );
}
