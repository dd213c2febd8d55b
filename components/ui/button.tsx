"use client";

import Link from "next/link";
import { type ComponentPropsWithRef, type MouseEvent, type ReactNode } from "react";
import { cx } from "./cx";
import { Icon, type IconName } from "./icon";

export type ButtonVariant = "default" | "primary" | "danger" | "danger-text" | "ghost";

type Look = {
  variant?: ButtonVariant | undefined;
  size?: "md" | "sm" | undefined;
  icon?: IconName | undefined;
  /** Square button with the icon alone; give an `aria-label`. */
  iconOnly?: boolean | undefined;
  wide?: boolean | undefined;
};

export type ButtonProps = Look &
  ComponentPropsWithRef<"button"> & {
    /** The action runs: clicks are ignored, focus stays. */
    pending?: boolean | undefined;
    /** Words while it runs ("Rolling back…"); the button is always as wide as the wider of both. */
    pendingLabel?: string | undefined;
  };

const variants: Record<ButtonVariant, string> = {
  default: "border-line-2 bg-surface text-fg hover:bg-surface-2 aria-expanded:bg-surface-2",
  primary: "border-primary bg-primary text-primary-fg hover:opacity-90",
  danger: "border-danger bg-danger text-danger-fg hover:opacity-90",
  "danger-text": "border-line-2 bg-surface text-crit hover:bg-crit-bg",
  ghost: "border-transparent bg-transparent text-fg-2 hover:bg-surface-2 hover:text-fg aria-expanded:bg-surface-2",
};

/** Classes of a button, for the rare element that must look like one. */
export const buttonClass = ({ variant = "default", size = "md", iconOnly = false, wide = false }: Look): string =>
  cx(
    "relative inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-control border font-medium transition-colors select-none",
    size === "md" ? "h-[30px] px-[11px] max-sm:h-9" : "h-[26px] px-2 text-sm max-sm:h-8",
    // On touch screens the target is at least 44 px without changing the drawing.
    "pointer-coarse:after:absolute pointer-coarse:after:-inset-[7px] pointer-coarse:after:content-['']",
    iconOnly && (size === "md" ? "w-[30px] px-0! max-sm:w-9" : "w-[26px] px-0! max-sm:w-8"),
    wide && "w-full",
    variants[variant],
    "disabled:cursor-not-allowed disabled:border-line disabled:bg-surface-2 disabled:text-fg-3 disabled:opacity-100",
  );

export function Button({ variant, size, icon, iconOnly, wide, pending = false, pendingLabel, className, children, onClick, type = "button", ...rest }: ButtonProps) {
  const onPress = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type={type}
      {...rest}
      onClick={onPress}
      aria-busy={pending || undefined}
      aria-disabled={pending || rest["aria-disabled"]}
      className={cx(buttonClass({ variant, size, iconOnly, wide }), pending && "cursor-progress", className)}
    >
      {pendingLabel === undefined ? <Label icon={icon}>{children}</Label> : (
        <span className="grid place-items-center">
          <span className={cx("col-start-1 row-start-1 inline-flex items-center gap-1.5", pending && "invisible")}><Label icon={icon}>{children}</Label></span>
          <span className={cx("col-start-1 row-start-1 inline-flex items-center gap-1.5", !pending && "invisible")} aria-live="polite">
            <Icon name="spin" size={size === "sm" ? 14 : 16} className="live-spin" />
            {pendingLabel}
          </span>
        </span>
      )}
    </button>
  );
}

function Label({ icon, children }: { icon?: IconName | undefined; children?: ReactNode }) {
  return (
    <>
      {icon && <Icon name={icon} />}
      {children}
    </>
  );
}

export type ButtonLinkProps = Look & ComponentPropsWithRef<typeof Link>;

/** A link with the look of a button. */
export function ButtonLink({ variant, size, icon, iconOnly, wide, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={cx(buttonClass({ variant, size, iconOnly, wide }), className)}>
      <Label icon={icon}>{children}</Label>
    </Link>
  );
}
