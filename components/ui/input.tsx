"use client";

import { type ComponentPropsWithRef } from "react";
import { cx } from "./cx";
import { useFieldControl } from "./field";
import { Icon, type IconName } from "./icon";

const control =
  "w-full rounded-control border border-line-control bg-surface text-fg aria-invalid:border-crit-line disabled:cursor-not-allowed disabled:border-line disabled:bg-surface-2 disabled:text-fg-3 max-sm:text-[16px]";

export type InputProps = ComponentPropsWithRef<"input"> & { mono?: boolean | undefined };

export function Input({ className, mono = false, type = "text", ...rest }: InputProps) {
  return <input type={type} {...useFieldControl()} {...rest} className={cx(control, "h-[30px] px-[9px] max-sm:h-9", mono && "font-mono text-sm", className)} />;
}

export type TextareaProps = ComponentPropsWithRef<"textarea">;

export function Textarea({ className, rows = 3, ...rest }: TextareaProps) {
  return <textarea rows={rows} {...useFieldControl()} {...rest} className={cx(control, "block resize-y px-[9px] py-1.5", className)} />;
}

export type SelectOption = { value: string; label: string; disabled?: boolean | undefined };
export type SelectProps = Omit<ComponentPropsWithRef<"select">, "children"> & { options: readonly SelectOption[]; placeholder?: string | undefined };

/** The browser's own select: right on phones and for screen readers. */
export function Select({ className, options, placeholder, ...rest }: SelectProps) {
  return (
    <span className={cx("relative block", className)}>
      <select {...useFieldControl()} {...rest} className={cx(control, "h-[30px] appearance-none pr-7 pl-[9px] max-sm:h-9")}>
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>{option.label}</option>
        ))}
      </select>
      <Icon name="down" size={14} className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-fg-3" />
    </span>
  );
}

export type SearchInputProps = Omit<ComponentPropsWithRef<"input">, "type"> & { icon?: IconName | undefined; shortcut?: string | undefined };

/** Search or filter box with icon and shortcut; give it an `aria-label`. */
export function SearchInput({ className, icon = "search", shortcut, ...rest }: SearchInputProps) {
  return (
    <span className={cx("flex h-7 items-center gap-1.5 rounded-control border border-line-control bg-surface px-2 text-fg-3 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent max-sm:h-9", className)}>
      <Icon name={icon} size={14} />
      <input type="search" {...useFieldControl()} {...rest} className="min-w-0 flex-1 bg-transparent text-fg outline-none! max-sm:text-[16px] [&::-webkit-search-cancel-button]:hidden" />
      {shortcut !== undefined && <kbd aria-hidden className="rounded border border-line bg-surface-2 px-1 font-sans text-xs/4 font-medium text-fg-3 max-sm:hidden">{shortcut}</kbd>}
    </span>
  );
}
