"use client";

import { type ReactNode } from "react";
import { cx } from "./cx";
import { Icon } from "./icon";

export type TagProps = {
  children: ReactNode;
  mono?: boolean | undefined;
  /** Shows a cross; `removeLabel` names what goes ("Remove filter status"). */
  onRemove?: (() => void) | undefined;
  removeLabel?: string | undefined;
  className?: string | undefined;
};

/** Neutral label: aliases, tiers, active filters. */
export function Tag({ children, mono = false, onRemove, removeLabel = "Remove", className }: TagProps) {
  return (
    <span className={cx("inline-flex items-center gap-1 rounded-chip border border-line-2 px-1.5 text-sm whitespace-nowrap text-fg-2", onRemove ? "h-6 bg-surface-2 pr-0.5" : "h-[18px]", mono && "font-mono", className)}>
      {children}
      {onRemove && (
        <button type="button" aria-label={removeLabel} onClick={onRemove} className="relative grid size-5 place-items-center rounded hover:bg-surface-3 pointer-coarse:after:absolute pointer-coarse:after:-inset-3">
          <Icon name="x" size={12} />
        </button>
      )}
    </span>
  );
}

/** Small count beside a tab or navigation entry. */
export function Count({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return <span className={cx("min-w-[18px] rounded-chip bg-surface-3 px-1 text-center text-xs/4 text-fg-2 tabular-nums", className)}>{children}</span>;
}
