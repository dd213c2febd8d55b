import { EmptyState } from "@/components/patterns/states";
import { Digest } from "@/components/ui/digest";
import { formatBytes } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";
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
        <ScrollRegion label="Paths, sizes and digests">
          <table className="w-full min-w-[520px] border-collapse">
            <thead>
              <tr className="text-left text-sm text-fg-3 [&>th]:border-b [&>th]:border-line [&>th]:px-2.5 [&>th]:py-1.5 [&>th]:font-medium">
                <th scope="col" className="pl-3.5!">Path</th>
                <th scope="col" className="text-right">Size</th>
                <th scope="col">SHA-256</th>
                <th scope="col" className="pr-3.5! text-right"><span className="sr-only">Download</span></th>
              </tr>
            </thead>
            <tbody>
              {files.map((file) => (
                <tr key={file.path} className="[&>td]:border-b [&>td]:border-line [&>td]:px-2.5 [&>td]:py-1.5 last:[&>td]:border-b-0">
                  <td className="pl-3.5! [overflow-wrap:anywhere]"><code>{file.path}</code></td>
                  <td className="text-right whitespace-nowrap">{formatBytes(file.size)}</td>
                  <td><Digest value={file.sha256} label={`SHA-256 of ${file.path}`} /></td>
                  <td className="pr-3.5! text-right"><a href={href(file.path)} download className="inline-flex items-center gap-1 font-medium text-accent hover:underline"><Icon name="download" size={14} />Download<span className="sr-only"> {file.path}</span></a></td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Panel>
  );
}
