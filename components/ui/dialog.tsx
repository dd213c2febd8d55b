"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, type RefObject } from "react";
import { buttonClass } from "./button";
import { cx } from "./cx";
import { Icon } from "./icon";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the right end; the way out first, the action last. */
  footer?: ReactNode;
  size?: "sm" | "md" | "lg" | undefined;
  /** Element that gets the focus when it opens (default: the first control). */
  initialFocus?: RefObject<HTMLElement | null> | undefined;
  /** False while the action runs, so that Esc or a press outside can't hide it. */
  dismissible?: boolean | undefined;
};

const widths = { sm: "sm:w-[460px]", md: "sm:w-[600px]", lg: "sm:w-[820px]" };

/** Modal dialog; on phones a sheet at the foot of the screen over the whole width. */
export function Dialog({ open, onOpenChange, title, description, children, footer, size = "sm", initialFocus, dismissible = true }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (dismissible || next) && onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[rgb(10_14_20/0.45)] transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          {...(initialFocus === undefined ? {} : { initialFocus })}
          className={cx(
            "fixed z-50 flex max-h-[calc(100dvh-32px)] flex-col border border-line-2 bg-surface shadow-float transition-[opacity,transform] outline-none",
            "inset-x-0 bottom-0 rounded-t-dialog data-starting-style:translate-y-4 data-starting-style:opacity-0 data-ending-style:opacity-0",
            "sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-w-[calc(100vw-32px)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-dialog sm:data-starting-style:-translate-y-1/2",
            widths[size],
          )}
        >
          <div className="flex items-start gap-3 px-5 pt-[18px] pb-2.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description !== undefined && <Base.Description className="mt-0.5 text-fg-2">{description}</Base.Description>}
            </div>
            <Base.Close disabled={!dismissible} aria-label="Close" className={cx(buttonClass({ variant: "ghost", size: "sm", iconOnly: true }), "-mr-2")}>
              <Icon name="x" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-0.5 pb-4">{children}</div>
          {footer !== undefined && <div className="flex flex-wrap justify-end gap-2 px-5 pb-4 max-sm:pb-[max(16px,env(safe-area-inset-bottom))] max-sm:[&>*]:flex-1">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
