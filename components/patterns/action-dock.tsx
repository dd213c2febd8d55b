"use client";

import { type ReactNode } from "react";
import { cx } from "@/components/ui/cx";
import { Icon, type IconName } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { Panel } from "@/components/ui/panel";
import { useShortcut } from "@/components/ui/shortcuts";

export type ActionDockProps = {
  /** Where it stands: "Holding at 25 %". */
  title: ReactNode;
  /** Why, in a sentence. */
  summary?: ReactNode;
  /** DockActions; a notice or form may stand between them. */
  children: ReactNode;
};

/** The actions of a live thing, each with its effect, beside the evidence. Four across between phone and wide screens. */
export function ActionDock({ title, summary, children }: ActionDockProps) {
  return (
    <Panel aria-label="Actions" className="grid gap-1.5 p-2 sm:max-lg:col-span-full sm:max-lg:grid-cols-2 md:max-lg:grid-cols-4">
      <div className="col-span-full px-1.5 pt-1 pb-1.5">
        <h2 className="font-semibold">{title}</h2>
        {summary !== undefined && <p className="text-sm text-fg-2">{summary}</p>}
      </div>
      {children}
    </Panel>
  );
}

export type DockActionProps = {
  icon: IconName;
  label: string;
  /** What it does: "All traffic to v14 in 5 s, v15 stays loaded". */
  effect: string;
  onSelect: () => void;
  /** A letter of this page; it opens the dialog, never acts. */
  shortcut?: string | undefined;
  tone?: "danger" | undefined;
  /** The blocker in words; the button can't be pressed and says why. */
  blocked?: string | undefined;
  /** Words while it runs. */
  pendingLabel?: string | undefined;
};

export function DockAction({ icon, label, effect, onSelect, shortcut, tone, blocked, pendingLabel }: DockActionProps) {
  const off = blocked !== undefined || pendingLabel !== undefined;
  useShortcut(off ? undefined : shortcut?.toLowerCase(), onSelect, label);
  return (
    <button
      type="button"
      aria-disabled={off || undefined}
      aria-busy={pendingLabel !== undefined || undefined}
      onClick={() => !off && onSelect()}
      className={cx(
        "grid min-h-12 grid-cols-[20px_1fr_auto] items-center gap-2 rounded-lg border px-2.5 py-2 text-left transition-colors",
        blocked === undefined ? "border-line-2 bg-surface hover:bg-surface-2" : "cursor-not-allowed border-dashed border-line-2 bg-surface-2",
      )}
    >
      <Icon name={pendingLabel === undefined ? icon : "spin"} className={cx(pendingLabel !== undefined && "live-spin", tone === "danger" && blocked === undefined && "text-crit")} />
      <span className="min-w-0">
        <b className={cx("block leading-[17px] font-semibold", blocked !== undefined ? "text-fg-2" : tone === "danger" && "text-crit")}>{pendingLabel ?? label}</b>
        <small className="block text-[11.5px] leading-[15px] text-fg-3">{blocked === undefined ? effect : `Blocked: ${blocked}`}</small>
      </span>
      {shortcut !== undefined && <Kbd keys={shortcut.toUpperCase()} className="max-sm:hidden" />}
    </button>
  );
}
