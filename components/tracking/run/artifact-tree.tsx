"use client";

import { useState } from "react";
import { ErrorState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatBytes } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { SkeletonText } from "@/components/ui/skeleton";
import type { ArtifactEntry } from "@/lib/tracking";
import { filesOf, type FilesOwner } from "../queries";

export type ArtifactTreeProps = { workspace: string; owner: FilesOwner; label: string; note: string; chosen: string | undefined; isOpen: boolean; onChoose: (path: string, size: number | null) => void };

type Branch = Pick<ArtifactTreeProps, "workspace" | "owner" | "chosen" | "onChoose">;

/** Folders that open one by one, each read page by page. */
export function ArtifactTree({ label, note, isOpen: wasOpen, ...branch }: ArtifactTreeProps) {
  const [isOpen, setOpen] = useState(wasOpen);
  return (
    <section aria-label={label} className="border-b border-line py-1 last:border-b-0">
      <h3>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className={row} style={{ paddingLeft: 10 }}>
          <Icon name={isOpen ? "down" : "right"} size={14} className="text-fg-3" />
          <span className="min-w-0 truncate font-medium">{label}</span>
          <span className="text-sm text-fg-3">{note}</span>
        </button>
      </h3>
      {isOpen && <Folder {...branch} path="" depth={1} />}
    </section>
  );
}

const row = "flex min-h-[30px] w-full items-center gap-1.5 pr-3 text-left hover:bg-surface-2 focus-visible:-outline-offset-2 max-sm:min-h-11";
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function Folder({ workspace, owner, path, depth, ...rest }: Branch & { path: string; depth: number }) {
  const list = useCursorList<ArtifactEntry>(filesOf(workspace, owner, path));
  if (list.rows === undefined) return list.error ? <ErrorState compact error={list.error} what="files" onRetry={list.onRetry} /> : <div className="px-3.5 py-2"><SkeletonText lines={2} /></div>;
  if (list.rows.length === 0) return <p className="py-1.5 pr-3 text-sm text-fg-3" style={{ paddingLeft: 10 + depth * 16 }}>No files</p>;
  return (
    <>
      <ul>{list.rows.map((entry) => <Entry key={entry.path} workspace={workspace} owner={owner} entry={entry} depth={depth} {...rest} />)}</ul>
      {list.hasMore && <div style={{ paddingLeft: 10 + depth * 16 }}><Button size="sm" variant="ghost" pending={list.isFetchingMore} pendingLabel="Reading files…" onClick={list.onMore}>Show more of {path === "" ? "the files" : nameOf(path)}</Button></div>}
    </>
  );
}

function Entry({ entry, depth, chosen, onChoose, ...branch }: Branch & { entry: ArtifactEntry; depth: number }) {
  const [isOpen, setOpen] = useState(chosen?.startsWith(`${entry.path}/`) ?? false);
  const isChosen = chosen === entry.path;
  const style = { paddingLeft: 10 + depth * 16 };
  if (!entry.isFolder) {
    return (
      <li>
        <button type="button" aria-current={isChosen ? "true" : undefined} onClick={() => onChoose(entry.path, entry.size)} className={cx(row, isChosen && "bg-accent-tint! font-medium")} style={style}>
          <Icon name="file" size={14} className="text-fg-3" />
          <span className="min-w-0 flex-1 truncate" title={entry.path}>{nameOf(entry.path)}</span>
          <span className="text-sm font-normal whitespace-nowrap text-fg-3">{formatBytes(entry.size)}</span>
        </button>
      </li>
    );
  }
  return (
    <li>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className={row} style={style}>
        <Icon name={isOpen ? "down" : "right"} size={14} className="text-fg-3" />
        <Icon name="folder" size={14} className="text-fg-3" />
        <span className="min-w-0 flex-1 truncate" title={entry.path}>{nameOf(entry.path)}</span>
      </button>
      {isOpen && <Folder {...branch} chosen={chosen} onChoose={onChoose} path={entry.path} depth={depth + 1} />}
    </li>
  );
}
