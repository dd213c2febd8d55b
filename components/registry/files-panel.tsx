import { EmptyState } from "@/components/patterns/states";
import { Digest } from "@/components/ui/digest";
import { formatBytes } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import { apiPath } from "@/lib/http/api-client";

export type VersionFile = { path: string; sha256: string; size: number; mediaType: string };

/** The frozen files with their digests, each a download. */
export function FilesPanel({ workspace, model, number, files }: { workspace: string; model: string; number: number; files: readonly VersionFile[] }) {
  const href = (path: string): string => apiPath(workspace, "models", model, "versions", String(number), "files", ...path.split("/"));
  return (
    <Panel aria-label="Files">
      <PanelHeader title="Files" note={files.length === 0 ? undefined : "frozen when the version was registered"} />
      {files.length === 0 ? (
        <EmptyState kind="never" icon="file" title="No files">Slipway holds no files of this version.</EmptyState>
      ) : (
        <SmallTable
          label="Paths, sizes and digests"
          size="base"
          minWidth="min-w-[520px]"
          rows={files}
          rowKey={({ path }) => path}
          columns={[
            { header: "Path", className: "[overflow-wrap:anywhere]", cell: ({ path }) => <code>{path}</code> },
            { header: "Size", align: "right", cell: ({ size }) => formatBytes(size) },
            { header: "SHA-256", cell: ({ path, sha256 }) => <Digest value={sha256} label={`SHA-256 of ${path}`} /> },
            { header: "Download", headerHidden: true, align: "right", cell: ({ path }) => <a href={href(path)} download className="inline-flex items-center gap-1 font-medium text-accent hover:underline"><Icon name="download" size={14} />Download<span className="sr-only"> {path}</span></a> },
          ]}
        />
      )}
    </Panel>
  );
}
