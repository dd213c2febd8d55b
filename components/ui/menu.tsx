"use client";

import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import { type ReactElement } from "react";
import { cx } from "./cx";
import { Icon, type IconName } from "./icon";
import { Kbd } from "./kbd";

export type MenuEntry =
  | "separator"
  | {
      label: string;
      icon?: IconName | undefined;
      href?: string | undefined;
      onSelect?: (() => void) | undefined;
      tone?: "crit" | undefined;
      shortcut?: string | undefined;
      checked?: boolean | undefined;
      /** Shown in place; the entry can't be chosen. */
      blocked?: string | undefined;
      hint?: string | undefined;
    };

export type MenuProps = {
  /** A Button (or any element that takes a ref and props). */
  trigger: ReactElement;
  items: readonly MenuEntry[];
  align?: "start" | "end" | undefined;
  side?: "bottom" | "top" | undefined;
};

const itemClass = "flex min-h-[30px] w-full items-center gap-2 rounded-md px-2 py-1 text-left outline-none select-none data-highlighted:bg-surface-2 max-sm:min-h-11";

export function Menu({ trigger, items, align = "end", side = "bottom" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50 outline-none">
          <Base.Popup className="max-h-[var(--available-height)] max-w-[min(340px,92vw)] min-w-44 overflow-y-auto rounded-lg border border-line-2 bg-surface p-1 shadow-float transition-opacity outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
            {items.map((entry, index) => <MenuRow key={index} entry={entry} />)}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuRow({ entry }: { entry: MenuEntry }) {
  if (entry === "separator") return <Base.Separator className="my-1 h-px bg-line" />;
  const body = (
    <>
      {entry.checked === undefined ? entry.icon && <Icon name={entry.icon} className="text-fg-3" /> : <Icon name="check" className={cx(!entry.checked && "invisible")} />}
      <span className="min-w-0 flex-1">
        {entry.label}
        {(entry.blocked ?? entry.hint) !== undefined && <span className="block text-sm text-fg-3">{entry.blocked ?? entry.hint}</span>}
      </span>
      {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
    </>
  );
  const classes = cx(itemClass, entry.tone === "crit" && "text-crit", entry.blocked !== undefined && "cursor-not-allowed text-fg-3");
  if (entry.href !== undefined && entry.blocked === undefined) {
    return <Base.LinkItem closeOnClick render={<Link href={entry.href} />} className={classes}>{body}</Base.LinkItem>;
  }
  return (
    <Base.Item disabled={entry.blocked !== undefined} onClick={entry.onSelect} className={classes}>
      {body}
    </Base.Item>
  );
}
