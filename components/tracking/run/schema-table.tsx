import { SmallTable } from "@/components/ui/small-table";

type SchemaRow = { name: string; type: string; required: boolean; isUnnamed?: boolean };

/** Names, types and need of a schema's fields. */
export function SchemaTable({ label, head, rows, className }: { label: string; head: string; rows: readonly SchemaRow[]; className?: string | undefined }) {
  return (
    <SmallTable
      label={label}
      dense
      flush
      className={className}
      rows={rows}
      rowKey={({ name }, index) => `${name}-${index}`}
      columns={[
        { header: head, cell: ({ name, isUnnamed }) => (isUnnamed ? <span className="text-fg-3">unnamed</span> : <code className="[overflow-wrap:anywhere]">{name}</code>) },
        { header: "Type", quiet: true, cell: ({ type }) => type },
        { header: "Required", quiet: true, cell: ({ required }) => (required ? "yes" : "no") },
      ]}
    />
  );
}
