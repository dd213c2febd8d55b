"use client";

import { useId, type ComponentPropsWithRef, type ReactNode } from "react";
import { cx } from "./cx";
import { FieldGroup } from "./field";

const box = "mt-0.5 grid size-4 flex-none cursor-[inherit] appearance-none place-content-center border border-line-control bg-surface checked:border-accent disabled:border-line-2 disabled:bg-surface-2 before:scale-0 before:content-[''] checked:before:scale-100 max-sm:size-5";
const tick = `${box} rounded-[4px] checked:bg-accent before:size-2.5 before:bg-surface before:[clip-path:polygon(14%_44%,0_65%,50%_100%,100%_16%,80%_0,43%_62%)]`;
const dot = `${box} rounded-full before:size-2 before:rounded-full before:bg-accent max-sm:before:size-2.5`;

export type CheckboxProps = Omit<ComponentPropsWithRef<"input">, "type" | "children"> & { label: ReactNode; hint?: ReactNode };

export function Checkbox({ label, hint, className, ...rest }: CheckboxProps) {
  return (
    <label className={cx("flex items-start gap-2 py-0.5 max-sm:py-2", rest.disabled && "text-fg-3", className)}>
      <input type="checkbox" {...rest} className={tick} />
      <span>
        {label}
        {hint !== undefined && <span className="block text-sm text-fg-3">{hint}</span>}
      </span>
    </label>
  );
}

export type RadioOption<Value extends string> = {
  value: Value;
  label: ReactNode;
  hint?: ReactNode;
  /** Can't be chosen; say why in `hint`. */
  disabled?: boolean | undefined;
};

export type RadioCardsProps<Value extends string> = {
  legend: ReactNode;
  value: Value | undefined;
  onChange: (value: Value) => void;
  options: readonly RadioOption<Value>[];
  error?: string | undefined;
};

/** Stacked options with a consequence under each: decisions and strategies. */
export function RadioCards<Value extends string>({ legend, value, onChange, options, error }: RadioCardsProps<Value>) {
  const name = useId();
  return (
    <FieldGroup legend={legend} error={error} className="grid">
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            "relative -mt-px flex items-start gap-2 border px-2.5 py-1.5 first-of-type:mt-0 first-of-type:rounded-t-lg last-of-type:rounded-b-lg has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent has-focus-visible:z-2 max-sm:py-2.5",
            option.disabled ? "cursor-not-allowed bg-surface-2 text-fg-3" : "hover:bg-surface-2",
            option.value === value ? "z-1 border-accent bg-accent-tint hover:bg-accent-tint" : "border-line",
          )}
        >
          <input type="radio" name={name} value={option.value} checked={option.value === value} disabled={option.disabled} onChange={() => onChange(option.value)} className={cx(dot, "outline-none!")} />
          <span>
            <span className="block leading-[17px] font-medium">{option.label}</span>
            {option.hint !== undefined && <span className="block text-sm text-fg-3">{option.hint}</span>}
          </span>
        </label>
      ))}
    </FieldGroup>
  );
}
