"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { CopyButton } from "@/components/ui/copy-button";
import { formatBytes } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { SkeletonText } from "@/components/ui/skeleton";
import { readText } from "@/lib/http/api-client";
import { documentHref, fileHref, type FilesOwner, trackingKeys } from "../queries";
import { CsvView } from "./csv-view";
import { previewBytes, previewKindOf, type PreviewKind } from "./preview-kind";

const Markdown = dynamic(() => import("@/components/patterns/markdown").then((module) => module.Markdown));
const MlmodelView = dynamic(() => import("./mlmodel-view").then((module) => module.MlmodelView));

export type PreviewProps = { workspace: string; owner: FilesOwner; path: string; /** Null when its folder was not read, for example after a link to it. */ size: number | null };

/** A file as its kind wants to be seen, with its address, size and download. */
export function ArtifactPreview({ workspace, owner, path, size }: PreviewProps) {
  const kind = previewKindOf(path);
  const href = fileHref(workspace, owner, path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3.5 py-2">
        <h3 className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere]">{name}</h3>
        {size !== null && <span className="text-sm text-fg-3">{formatBytes(size)}</span>}
        <CopyButton value={path} label="Copy path" />
        <a href={href} download className="inline-flex items-center gap-1 font-medium text-accent hover:underline"><Icon name="download" size={14} />Download<span className="sr-only"> {name}</span></a>
      </div>
      <Content key={href} {...{ workspace, owner, path, size, kind, href, name }} />
    </div>
  );
}

type ContentProps = PreviewProps & { kind: PreviewKind; href: string; name: string };

function Content({ workspace, owner, path, size, kind, href, name }: ContentProps) {
  if (kind === "none") return <EmptyState kind="never" icon="file" title="No preview of this kind of file">Download it to look at it.</EmptyState>;
  if (size !== null && size > previewBytes[kind] && (kind === "image" || kind === "html")) return <EmptyState kind="never" icon="file" title={`Too large to show: more than ${formatBytes(previewBytes[kind])}`}>Download it to look at it.</EmptyState>;
  if (kind === "image") {
    // Drawn by the browser as an image: scripts inside an SVG do not run there. Not next/image: the bytes need the reader's session.
    return <div className="grid place-items-center overflow-auto bg-surface-2 p-3.5"><img src={href} alt={name} className="max-h-[68vh] max-w-full rounded bg-surface" /></div>;
  }
  if (kind === "html") {
    return (
      <div className="grid gap-1.5 p-3.5">
        <p className="text-sm text-fg-3">Shown in a sandbox: its scripts run without network, cookies and access to this page.</p>
        <iframe title={name} src={documentHref(workspace, owner, path)} sandbox="allow-scripts" referrerPolicy="no-referrer" className="h-[68vh] w-full rounded-lg border border-line bg-surface" style={{ colorScheme: "light", background: "white" }} />
      </div>
    );
  }
  if (size === 0) return <EmptyState kind="never" icon="file" title="The file is empty" />;
  return <TextContent {...{ workspace, owner, path, size, kind, href, name }} />;
}

function TextContent({ workspace, owner, path, size, kind, href, name }: ContentProps) {
  const limit = previewBytes[kind];
  const { data, error, refetch } = useQuery({ queryKey: trackingKeys.file(workspace, owner, path), queryFn: ({ signal }) => readText(href, limit, signal), staleTime: 60_000, retry: false });
  if (error !== null) return <ErrorState error={error} what={name} onRetry={() => void refetch()} />;
  if (data === undefined) return <div className="p-3.5"><SkeletonText lines={8} /></div>;
  const isPart = size !== null ? size > limit : data.length >= limit;
  return (
    <>
      {isPart && <p className="border-b border-line bg-surface-2 px-3.5 py-1.5 text-sm text-fg-2">The first {formatBytes(limit)}{size !== null && ` of ${formatBytes(size)}`}.</p>}
      {viewOf(kind, data, name, isPart)}
    </>
  );
}

const viewOf = (kind: PreviewKind, text: string, name: string, isPart: boolean): ReactNode => {
  if (text.includes("\u0000")) return <EmptyState kind="never" icon="file" title="The file holds bytes, not text">Download it to look at it.</EmptyState>;
  switch (kind) {
    case "csv": return <CsvView text={text} name={name} isPart={isPart} />;
    case "json": return <Plain text={isPart ? text : prettyJson(text)} name={name} />;
    case "markdown": return <div className="p-3.5"><Markdown text={text} /></div>;
    case "mlmodel": return <MlmodelView text={text} fallback={<Plain text={text} name={name} />} />;
    default: return <Plain text={text} name={name} />;
  }
};

/** JSON with indents; text that is none as it is. */
const prettyJson = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Files named .json hold JSON lines, NaN or half a document at times: the reader sees what is there.
    return text;
  }
};

function Plain({ text, name }: { text: string; name: string }) {
  return <ScrollRegion label={name} className="max-h-[68vh] p-3.5"><pre className="text-sm leading-[18px]"><code>{text}</code></pre></ScrollRegion>;
}
