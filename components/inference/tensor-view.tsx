import { CodeBlock } from "@/components/ui/copy-button";
import { formatCount } from "@/components/ui/format";
import { Notice } from "@/components/ui/notice";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Tag } from "@/components/ui/tag";
import { type BodyView, prettyText, readTensors, type StoredTensor, type TensorCell } from "@/lib/inference";

function Cell({ cell }: { cell: TensorCell }) {
  if (cell.isRedacted) return <span className="rounded-chip bg-surface-3 px-1.5 text-xs text-fg-2" title="Sensitive: taken out before storage">redacted</span>;
  return <code className="text-sm">{cell.text}</code>;
}

function Tensor({ tensor }: { tensor: StoredTensor }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <code className="text-sm font-medium">{tensor.name}</code>
        <span className="text-sm text-fg-3">{tensor.datatype} [{tensor.shape.join(", ")}]</span>
        {tensor.isRedacted && <Tag>redacted</Tag>}
      </p>
      {tensor.isRedacted && <p className="text-sm text-fg-2">All values of this tensor are sensitive and were taken out before storage.</p>}
      {tensor.rows.length > 0 && (
        <ScrollRegion label={`Values of ${tensor.name}`} className="max-h-80 overflow-y-auto rounded-lg border border-line bg-surface-2 px-3 py-2">
          {tensor.rows.map((row, index) => (
            <div key={index} className="flex flex-wrap gap-x-3 gap-y-0.5 border-b border-line py-0.5 last:border-b-0">
              {row.map((cell, column) => <Cell key={column} cell={cell} />)}
            </div>
          ))}
        </ScrollRegion>
      )}
      {tensor.hiddenCells > 0 && <p className="mt-1 text-sm text-fg-3">{formatCount(tensor.hiddenCells, "more value")}, in the stored document below.</p>}
    </div>
  );
}

export type StoredBodyProps = { body: BodyView; list: "inputs" | "outputs"; label: string; note: string | null; isTruncated: boolean; isRedacted: boolean };

/** A stored request or answer: its tensors where it is an inference document, else its text; what was taken out is said. */
export function StoredBody({ body, list, label, note, isTruncated, isRedacted }: StoredBodyProps) {
  if (body.form === "absent") return <p className="text-sm text-fg-2">{note ?? "This body was not kept: with sensitive fields a body that can’t be taken apart is never stored."}</p>;
  const tensors = readTensors(body, list);
  return (
    <div className="grid min-w-0 gap-3">
      {isRedacted && <Notice tone="idle" icon="lock">Sensitive fields were taken out by the gateway before anything was stored.</Notice>}
      {isTruncated && <Notice tone="warn" title="Cut.">Bodies are stored up to 64 KB; the rest of this one was not kept.</Notice>}
      {tensors?.map((tensor) => <Tensor key={tensor.name} tensor={tensor} />)}
      {tensors ? (
        <details>
          <summary className="cursor-pointer text-sm text-fg-2">Stored document</summary>
          <div className="mt-2"><CodeBlock code={prettyText(body)} label={label} /></div>
        </details>
      ) : (
        <CodeBlock code={prettyText(body)} label={body.form === "binary" ? `${label}, base64` : label} />
      )}
    </div>
  );
}
