"use client";

import { Dialog } from "@base-ui/react/dialog";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode } from "react";
import { toggleChartTables } from "@/components/patterns/chart-frame";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { useShortcut } from "@/components/ui/shortcuts";
import { ShellDataProvider, useShell, type ShellData } from "./context";
import { activeEntry, navEntries, navHref, type NavEntry } from "./nav";
import { openOverlay, useOverlay } from "./overlays";
import { Palette } from "./palette";
import { ShortcutsSheet } from "./shortcuts-sheet";
import { SidebarContent } from "./sidebar";
import { toggleTheme } from "./theme";

export type ConsoleShellProps = ShellData & { children: ReactNode };

/** Sidebar, bottom bar, palette and shortcuts around the pages of one workspace. */
export function ConsoleShell({ children, ...data }: ConsoleShellProps) {
  return (
    <ShellDataProvider value={data}>
      <a href="#main" className="fixed top-2 left-2 z-60 -translate-y-16 rounded-control border border-line-2 bg-surface px-3 py-1.5 font-medium shadow-float focus:translate-y-0">Skip to content</a>
      <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] md:grid-cols-[208px_minmax(0,1fr)]">
        <aside aria-label="Sidebar" className="sticky top-0 hidden h-dvh flex-col gap-0.5 border-r border-line bg-bg p-2.5 md:flex"><SidebarContent /></aside>
        <div className="flex min-w-0 flex-col bg-surface">{children}</div>
      </div>
      <BottomBar />
      <MenuDrawer />
      <Palette />
      <ShortcutsSheet />
      <ConsoleKeys />
    </ShellDataProvider>
  );
}

function ConsoleKeys() {
  useShortcut("d", toggleTheme, "Switch theme", "Console");
  useShortcut("t", toggleChartTables, "Charts as tables", "Console");
  useShortcut("?", () => openOverlay("shortcuts"), "Show shortcuts", "Console");
  return navEntries.map((entry) => <Jump key={entry.key} entry={entry} />);
}

function Jump({ entry }: { entry: NavEntry }) {
  const { workspace } = useShell();
  const env = useSearchParams().get("env");
  const router = useRouter();
  useShortcut(`g ${entry.jump}`, () => router.push(navHref(workspace.slug, entry, env)), entry.label, "Go to");
  return null;
}

function MenuDrawer() {
  const open = useOverlay() === "menu";
  return (
    <Dialog.Root open={open} onOpenChange={(next) => openOverlay(next ? "menu" : undefined)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(10_14_20/0.45)]" />
        <Dialog.Popup aria-label="Menu" className="fixed inset-y-0 left-0 z-50 flex w-[260px] max-w-[86vw] flex-col gap-0.5 border-r border-line bg-bg p-2.5 transition-transform duration-180 outline-none data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <SidebarContent onNavigate={() => openOverlay(undefined)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function BottomBar() {
  const { workspace, counts } = useShell();
  const env = useSearchParams().get("env");
  const active = activeEntry(workspace.slug, usePathname());
  const item = "relative flex min-h-[52px] flex-col items-center justify-center gap-0.5 text-[11px] leading-3";
  return (
    <nav aria-label="Main, small screens" className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden">
      {navEntries.filter((entry) => entry.phone).map((entry) => (
        <Link key={entry.key} href={navHref(workspace.slug, entry, env)} aria-current={entry === active ? "page" : undefined} className={cx(item, entry === active ? "font-medium text-fg" : "text-fg-3")}>
          <Icon name={entry.icon} size={18} />
          {entry.label}
          {(counts?.[entry.key] ?? 0) > 0 && <span className="absolute top-1 left-[calc(50%+8px)] min-w-4 rounded-full bg-surface-3 px-1 text-center text-[10px]/4 font-medium text-fg">{counts?.[entry.key]}</span>}
        </Link>
      ))}
      <button type="button" onClick={() => openOverlay("menu")} className={cx(item, "text-fg-3")}>
        <Icon name="menu" size={18} />
        More
      </button>
    </nav>
  );
}
