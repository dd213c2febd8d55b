"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { Menu } from "@/components/ui/menu";
import { initialsOf } from "@/components/ui/avatar";
import { Count } from "@/components/ui/tag";
import { Tooltip } from "@/components/ui/tooltip";
import { Brand } from "./brand";
import { useShell } from "./context";
import { activeEntry, navEntries, navGroups, navHref, type NavEntry } from "./nav";

const stay = () => undefined;

/** Content of the sidebar: it stands at the left from 1101 px and in the drawer below. */
export function SidebarContent({ onNavigate = stay }: { onNavigate?: () => void }) {
  const { workspace, proof } = useShell();
  const active = activeEntry(workspace.slug, usePathname());
  const entry = (item: NavEntry) => <Entry key={item.key} entry={item} current={item === active} onNavigate={onNavigate} />;
  return (
    <>
      <Link href={`/w/${encodeURIComponent(workspace.slug)}`} onClick={onNavigate} className="flex h-8 items-center px-1.5"><Brand /></Link>
      <WorkspaceSwitch />
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto">
        {navGroups.map((group) => (
          <Group key={group} title={group}>{navEntries.filter((item) => item.group === group).map(entry)}</Group>
        ))}
      </nav>
      <nav aria-label="Record and settings" className="grid gap-px">
        {proof && (
          <Link href={`/w/${encodeURIComponent(workspace.slug)}/audit`} onClick={onNavigate} className="flex h-10 items-center gap-[9px] rounded-md px-2 text-fg-2 hover:bg-surface-2">
            <Icon name="log" className={proof.tone === "ok" ? "text-ok-line" : proof.tone === "crit" ? "text-crit-line" : "text-fg-3"} />
            <span className="min-w-0 text-sm leading-[15px]">
              {proof.title}
              <small className="block truncate text-xs leading-[13px] text-fg-3">{proof.detail}</small>
            </span>
          </Link>
        )}
        {navEntries.filter((item) => item.group === "foot").map(entry)}
      </nav>
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mb-2 grid gap-px">
      <div className="px-2 pt-1 pb-0.5 text-xs/4 text-fg-3">{title}</div>
      {children}
    </div>
  );
}

function Entry({ entry, current, onNavigate }: { entry: NavEntry; current: boolean; onNavigate: () => void }) {
  const { workspace, counts } = useShell();
  const env = useSearchParams().get("env");
  const count = counts?.[entry.key] ?? 0;
  return (
    <Tooltip label={`Go to ${entry.label}`} shortcut={`g ${entry.jump}`} side="right">
      <Link
        href={navHref(workspace.slug, entry, env)}
        aria-current={current ? "page" : undefined}
        onClick={onNavigate}
        className={cx(
          "flex h-7 items-center gap-[9px] rounded-md px-2 max-md:h-11",
          current ? "bg-surface-3 font-medium text-fg" : "text-fg-2 hover:bg-surface-2",
        )}
      >
        <Icon name={entry.icon} className={cx(!current && "text-fg-3")} />
        <span className="flex-1">{entry.label}</span>
        {count > 0 && <Count className={cx(current && "bg-surface!")}>{count}</Count>}
      </Link>
    </Tooltip>
  );
}

function WorkspaceSwitch() {
  const { workspace, workspaces = [], onNewWorkspace } = useShell();
  const face = (
    <>
      <span aria-hidden className="grid size-5 flex-none place-items-center rounded-chip bg-accent-tint text-[10px] font-semibold text-accent">{initialsOf(workspace.name)}</span>
      <span className="min-w-0 flex-1 truncate text-left">{workspace.name}</span>
    </>
  );
  const frame = "my-1.5 flex h-8 w-full items-center gap-2 rounded-control border border-line bg-surface pr-2 pl-1.5";
  if (workspaces.length < 2 && !onNewWorkspace) return <div className={frame} title="Workspace">{face}</div>;
  return (
    <Menu
      align="start"
      trigger={<button type="button" aria-label={`Workspace ${workspace.name}, switch`} className={cx(frame, "hover:bg-surface-2")}>{face}<Icon name="down" size={14} className="text-fg-3" /></button>}
      items={[
        ...workspaces.map((item) => ({ label: item.name, href: `/w/${encodeURIComponent(item.slug)}`, checked: item.slug === workspace.slug })),
        ...(onNewWorkspace ? (["separator", { label: "New workspace…", icon: "plus", onSelect: onNewWorkspace }] as const) : []),
      ]}
    />
  );
}
