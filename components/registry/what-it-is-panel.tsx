import { Chip } from "@/components/ui/chip";
import { CodeBlock, CopyButton } from "@/components/ui/copy-button";
import { formatBytes } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import type { Version } from "@/lib/registry";
import { exampleCurl, indent } from "./example-request";

type Mlflow = NonNullable<NonNullable<Version["inspection"]>["mlflow"]>;

const serializationChip = (serialization: string | null) => {
  if (serialization === null) return <span className="text-fg-3">not stated</span>;
  const runsCode = /pickle|dill|joblib/i.test(serialization);
  return <Chip tone={runsCode ? "warn" : "ok"} icon={runsCode ? "alert" : "okc"} bare>{serialization}{runsCode ? ", runs code when loaded" : ""}</Chip>;
};

/** What MLflow wrote about the model: flavours with their libraries, Python, size, and the example request. */
export function WhatItIsPanel({ workspace, version, mlflow, gatewayUrl }: { workspace: string; version: Version; mlflow: Mlflow; gatewayUrl: string }) {
  return (
    <Panel aria-label="What it is">
      <PanelHeader title="What it is" note={`logged with MLflow ${mlflow.mlflowVersion ?? "of an unknown version"}`}>
        <Chip tone={mlflow.runsCode ? "warn" : "ok"} icon={mlflow.runsCode ? "alert" : "okc"} bare>{mlflow.runsCode ? "Loading it runs code" : "Loading it runs no code of its maker"}</Chip>
      </PanelHeader>
      <Flavors mlflow={mlflow} />
      <PanelBody className="border-t border-line">
        <KeyValues
          align="left"
          items={[
            { label: "Python", value: mlflow.pythonVersion ?? "not stated" },
            { label: "Size", value: mlflow.sizeBytes === null ? formatBytes(version.totalSize) : `${formatBytes(mlflow.sizeBytes)} as MLflow counted` },
            { label: "Packages", value: mlflow.dependencies ? `${mlflow.dependencies.packages.length} in ${mlflow.dependencies.source}, ${mlflow.dependencies.packages.filter(({ isPinned }) => isPinned).length} pinned` : "unknown: no requirements.txt, no conda.yaml" },
          ]}
        />
      </PanelBody>
      <Example workspace={workspace} version={version} mlflow={mlflow} gatewayUrl={gatewayUrl} />
    </Panel>
  );
}

function Flavors({ mlflow }: { mlflow: Mlflow }) {
  return (
    <SmallTable
      label="Flavours"
      minWidth="min-w-[480px]"
      rows={mlflow.flavors}
      rowKey={({ name }) => name}
      columns={[
        { header: "Flavour", cell: ({ name }) => <code>{name}</code> },
        { header: "Library", quiet: true, cell: ({ version, loader }) => version ?? (loader === null ? "not stated" : <code>{loader}</code>) },
        { header: "Written as", cell: ({ name, serialization }) => (name === "python_function" && serialization === null ? <span className="text-fg-3">as the other flavour</span> : serializationChip(serialization)) },
        { header: "Files", quiet: true, className: "break-words", cell: ({ files }) => (files.length === 0 ? "none" : <code>{files.join(", ")}</code>) },
      ]}
    />
  );
}

function Example({ workspace, version, mlflow, gatewayUrl }: { workspace: string; version: Version; mlflow: Mlflow; gatewayUrl: string }) {
  const { example } = mlflow;
  if (!example) return <PanelBody className="border-t border-line text-sm text-fg-3">It was logged without an input example. With <code>input_example=</code> the readiness probe and this page would have a request that fits.</PanelBody>;
  if (example.body === null) return <PanelBody className="border-t border-line text-sm text-fg-3">Its input example, <code>{example.path}</code>, is larger than 64 KB, or not a request: open it under Files.</PanelBody>;
  return (
    <PanelBody className="grid gap-2 border-t border-line">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="flex-1 text-sm font-medium text-fg-2">Input example <span className="font-normal text-fg-3">{example.path}</span></h3>
        <CopyButton value={example.body} label="Copy as body" withText />
        <CopyButton value={exampleCurl(workspace, version, example.body, gatewayUrl)} label="Copy as curl" withText />
      </div>
      <CodeBlock label="input example" code={indent(example.body)} />
    </PanelBody>
  );
}
