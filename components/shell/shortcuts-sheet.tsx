"use client";

import { useState } from "react";
import { Checkbox } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { letterKeysOn, setLetterKeys } from "@/components/ui/keys";
import { useShortcutList } from "@/components/ui/shortcuts";
import { openOverlay, useOverlay } from "./overlays";

const fixed = [
  { keys: "Ctrl K", description: "Search or jump" },
  { keys: "j", description: "Next row" },
  { keys: "k", description: "Previous row" },
  { keys: "Enter", description: "Open the row" },
  { keys: "Esc", description: "Close panel or dialog" },
  { keys: "[", description: "Previous tab" },
  { keys: "]", description: "Next tab" },
];

/** `?`: every shortcut that works here, and the switch for letter keys. */
export function ShortcutsSheet() {
  const open = useOverlay() === "shortcuts";
  const list = useShortcutList();
  const groups = [...new Set(list.map((item) => item.group))];
  return (
    <Dialog open={open} onOpenChange={(next) => openOverlay(next ? "shortcuts" : undefined)} title="Keyboard shortcuts" size="md">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <ShortcutGroup title="Everywhere" items={fixed} />
        {groups.map((group) => <ShortcutGroup key={group} title={group} items={list.filter((item) => item.group === group)} />)}
      </div>
      <LetterKeysSwitch />
    </Dialog>
  );
}

function ShortcutGroup({ title, items }: { title: string; items: readonly { keys: string; description: string }[] }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      <dl className="grid gap-1">
        {items.map((item) => (
          <div key={item.keys} className="flex items-center justify-between gap-3">
            <dt className="text-fg-2">{item.description}</dt>
            <dd><Kbd keys={item.keys} /></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function LetterKeysSwitch() {
  const [on, setOn] = useState(letterKeysOn);
  return (
    <Checkbox
      className="mt-4"
      label="Letter keys are on"
      hint="Switch them off when a speech or switch control types letters by accident. Kept in this browser."
      checked={on}
      onChange={(event) => {
        setOn(event.target.checked);
        setLetterKeys(event.target.checked);
      }}
    />
  );
}
