import { Status } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import { formatBytes } from "@/components/ui/format";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Column } from "@/components/patterns/data-table-row";
import { type VersionSummary, versionView } from "@/lib/registry";

export function VersionStatus({ version, bare }: { version: VersionSummary; bare?: boolean | undefined }) {
  return <Status status={versionView(version)} bare={bare} />;
}

export function AliasTags({ aliases }: { aliases: readonly string[] }) {
  return aliases.map((alias) => <Tag key={alias}>@{alias}</Tag>);
}

const whereOf = (version: VersionSummary): string => version.deployments.map(({ endpoint, environment }) => `${endpoint} (${environment})`).join(", ");

const name: Column<VersionSummary> = {
  id: "version",
  header: "Version",
  link: true,
  phone: "bare",
  cell: (version) => <span className="font-medium">{version.model} <span className="text-fg-2">v{version.number}</span></span>,
};

const rest: Column<VersionSummary>[] = [
  { id: "status", header: "Status", cell: (version) => <VersionStatus version={version} />, phone: "bare" },
  { id: "aliases", header: "Aliases", cell: (version) => <span className="flex flex-wrap gap-1"><AliasTags aliases={version.aliases} /></span>, phone: "hide" },
  { id: "where", header: "Serves", cell: (version) => <span className="text-fg-2">{whereOf(version) || "—"}</span>, width: "18%", truncate: true },
  { id: "format", header: "Format", cell: (version) => <span className="text-fg-2">{version.format ?? "—"}</span>, width: "88px", optional: true, phone: "hide" },
  { id: "size", header: "Size", cell: (version) => (version.manifestDigest === null ? "—" : formatBytes(version.totalSize)), align: "right", width: "92px", phone: "hide" },
  { id: "digest", header: "Digest", cell: (version) => (version.manifestDigest === null ? "—" : <Digest value={`sha256:${version.manifestDigest}`} copy={false} />), hidden: true, phone: "hide" },
  { id: "by", header: "By", cell: (version) => <span className="text-fg-2">{version.createdBy}</span>, width: "16%", truncate: true, phone: "hide" },
  { id: "at", header: "Registered", cell: (version) => <Time value={version.createdAt} />, align: "right", width: "120px" },
];

export const versionColumns: readonly Column<VersionSummary>[] = [name, ...rest];

/** Of a prompt's version there is no file, and so no format, size or verdict. */
export const promptColumns: readonly Column<VersionSummary>[] = versionColumns.filter(({ id }) => ["version", "aliases", "by", "at"].includes(id));
