"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import { type ReactElement, type ReactNode } from "react";
import { Kbd } from "./kbd";

export type TooltipProps = {
  label: ReactNode;
  /** Keys that do the same: "g r". */
  shortcut?: string | undefined;
  /** One focusable element; it keeps its own accessible name. */
  children: ReactElement;
  side?: "top" | "bottom" | "left" | "right" | undefined;
};

/** Words on hover and focus. Never the only place of a fact. */
export function Tooltip({ label, shortcut, children, side = "bottom" }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-60">
          <Base.Popup className="flex max-w-72 items-center gap-2 rounded-control border border-line-2 bg-surface px-2 py-1 text-sm text-fg shadow-float transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {label}
            {shortcut !== undefined && <Kbd keys={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const TooltipProvider = ({ children }: { children: ReactNode }) => <Base.Provider delay={400} closeDelay={50}>{children}</Base.Provider>;
