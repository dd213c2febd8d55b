"use client";

import { Dialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Icon, type IconName } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { useShell } from "./context";
import { navEntries, navHref } from "./nav";
import { openOverlay, useOverlay } from "./overlays";
import { toggleTheme } from "./theme";

export type PaletteVerb = {
  key: string;
  /** Verb and target: "Roll back pd-origination". */
  label: string;
  group?: string | undefined;
  icon?: IconName | undefined;
  href?: string | undefined;
  onSelect?: (() => void) | undefined;
  shortcut?: string | undefined;
  keywords?: readonly string[] | undefined;
};

const offered = new Map<symbol, readonly PaletteVerb[]>();
const watchers = new Set<() => void>();
let snapshot: readonly PaletteVerb[] = [];
const publish = () => {
  snapshot = [...offered.values()].flat();
  for (const watcher of watchers) watcher();
};
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
const none: readonly PaletteVerb[] = [];

/** Offers verbs and entities of the open page in the palette while mounted. Memoise the list. */
export const usePaletteVerbs = (verbs: readonly PaletteVerb[]): void => {
  useEffect(() => {
    const key = Symbol("palette verbs");
    offered.set(key, verbs);
    publish();
    return () => {
      offered.delete(key);
      publish();
    };
  }, [verbs]);
};

/** Ctrl/⌘ K: pages, what the page offers, and the console's own verbs. */
export function Palette() {
  const overlay = useOverlay();
  const verbs = useSyncExternalStore(watch, () => snapshot, () => none);
  const { workspace } = useShell();
  const env = useSearchParams().get("env");
  const router = useRouter();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      openOverlay("palette");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const all = useMemo((): PaletteVerb[] => {
    const pages = navEntries.map((entry) => ({ key: entry.key, label: entry.label, group: "Pages", icon: entry.icon, href: navHref(workspace.slug, entry, env), shortcut: `g ${entry.jump}` }));
    const own: PaletteVerb[] = [
      { key: "theme", label: "Switch theme", group: "Console", icon: "sun", onSelect: toggleTheme, shortcut: "d" },
      { key: "shortcuts", label: "Show keyboard shortcuts", group: "Console", icon: "keyboard", onSelect: () => openOverlay("shortcuts"), shortcut: "?" },
    ];
    return [...verbs, ...pages, ...own];
  }, [verbs, workspace.slug, env]);

  const groups = [...new Set(all.map((verb) => verb.group ?? "This page"))];
  const choose = (verb: PaletteVerb) => {
    openOverlay(undefined);
    if (verb.href !== undefined) router.push(verb.href);
    verb.onSelect?.();
  };

  return (
    <Dialog.Root open={overlay === "palette"} onOpenChange={(next) => openOverlay(next ? "palette" : undefined)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(10_14_20/0.45)]" />
        <Dialog.Popup aria-label="Search or jump to" className="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-[560px] overflow-hidden rounded-dialog border border-line-2 bg-surface shadow-float outline-none">
          <Command label="Search or jump to" loop>
            <div className="flex items-center gap-2 border-b border-line px-3.5">
              <Icon name="search" className="text-fg-3" />
              <Command.Input placeholder="Search pages and actions" className="h-11 flex-1 bg-transparent text-fg outline-none! max-sm:text-[16px]" />
              <Kbd keys="Esc" />
            </div>
            <Command.List className="max-h-[52vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-fg-3">Nothing matches.</Command.Empty>
              {groups.map((group) => (
                <Command.Group key={group} heading={group} className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-fg-3">
                  {all.filter((verb) => (verb.group ?? "This page") === group).map((verb) => (
                    <Command.Item key={`${group}-${verb.key}`} value={`${group} ${verb.key} ${verb.label}`} keywords={[...(verb.keywords ?? [])]} onSelect={() => choose(verb)} className="flex min-h-[34px] cursor-pointer items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-surface-3 max-sm:min-h-11">
                      <Icon name={verb.icon ?? "fwd"} className="text-fg-3" />
                      <span className="min-w-0 flex-1 truncate">{verb.label}</span>
                      {verb.shortcut !== undefined && <Kbd keys={verb.shortcut} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
