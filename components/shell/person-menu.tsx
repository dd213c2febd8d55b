"use client";

import { Popover } from "@base-ui/react/popover";
import { Avatar } from "@/components/ui/avatar";
import { Icon, type IconName } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { useShell } from "./context";
import { openOverlay } from "./overlays";
import { toggleTheme } from "./theme";

/** Who is signed in, and the way out. A popover, not a menu, because the sign-out form stands in it. */
export function PersonMenu() {
  const { person, signOut, onSignOut } = useShell();
  return (
    <Popover.Root>
      <Popover.Trigger aria-label={`${person.name}, menu`} className="relative grid size-7 flex-none place-items-center rounded-full max-sm:size-9">
        <Avatar name={person.name} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-50">
          <Popover.Popup aria-label="Your account" className="w-64 max-w-[92vw] rounded-lg border border-line-2 bg-surface p-1 shadow-float outline-none">
            <p className="border-b border-line px-2 pt-1 pb-2">
              <b className="block truncate font-medium">{person.name}</b>
              <span className="block truncate text-sm text-fg-3">{person.email}</span>
            </p>
            <div className="grid py-1">
              <Row icon="keyboard" label="Keyboard shortcuts" keys="?" onSelect={() => openOverlay("shortcuts")} />
              <Row icon="sun" label="Switch theme" keys="d" onSelect={toggleTheme} />
              {onSignOut && <Row icon="signout" label="Sign out" onSelect={onSignOut} />}
            </div>
            {signOut !== undefined && <div className="border-t border-line pt-1">{signOut}</div>}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Row({ icon, label, keys, onSelect }: { icon: IconName; label: string; keys?: string | undefined; onSelect: () => void }) {
  return (
    <Popover.Close onClick={onSelect} className="flex min-h-[30px] items-center gap-2 rounded-md px-2 text-left hover:bg-surface-2 focus-visible:-outline-offset-2 max-sm:min-h-11">
      <Icon name={icon} className="text-fg-3" />
      <span className="flex-1">{label}</span>
      {keys !== undefined && <Kbd keys={keys} />}
    </Popover.Close>
  );
}
