"use client";

import { createContext, useContext, useId, type ReactNode } from "react";
import { cx } from "./cx";
import { Icon } from "./icon";

type FieldIds = { id: string; describedBy: string | undefined; invalid: boolean; required: boolean };
const FieldContext = createContext<FieldIds | undefined>(undefined);

/** Attributes that tie a control to the Field around it; a control outside a Field gets none. */
export const useFieldControl = (): { id?: string; "aria-describedby"?: string; "aria-invalid"?: true; "aria-required"?: true } => {
  const field = useContext(FieldContext);
  if (!field) return {};
  return {
    id: field.id,
    ...(field.describedBy === undefined ? {} : { "aria-describedby": field.describedBy }),
    ...(field.invalid ? { "aria-invalid": true as const } : {}),
    ...(field.required ? { "aria-required": true as const } : {}),
  };
};

export type FieldProps = {
  label: ReactNode;
  /** One control of this folder (Input, Textarea, Select). */
  children: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean | undefined;
  /** Says "optional" after the label. */
  optional?: boolean | undefined;
  className?: string | undefined;
};

export function Field({ label, children, hint, error, required = false, optional = false, className }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [hint !== undefined && hintId, error !== undefined && errorId].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cx("grid min-w-0 grid-cols-[minmax(0,1fr)] gap-[3px]", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-fg-3"> optional</span>}
      </label>
      <FieldContext value={{ id, describedBy, invalid: error !== undefined, required }}>{children}</FieldContext>
      {hint !== undefined && <p id={hintId} className="text-sm text-fg-3">{hint}</p>}
      <FieldError id={errorId} error={error} />
    </div>
  );
}

function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p id={id} role="alert" className="flex gap-1.5 text-sm text-crit">
      <Icon name="octa" size={13} className="mt-[1.5px]" />
      {error}
    </p>
  );
}

export type FieldGroupProps = { legend: ReactNode; children: ReactNode; error?: string | undefined; className?: string | undefined };

/** Controls that answer one question together: checkboxes, radio cards. */
export function FieldGroup({ legend, children, error, className }: FieldGroupProps) {
  const errorId = useId();
  return (
    <fieldset className={cx("min-w-0", className)} data-invalid={error === undefined ? undefined : ""} aria-describedby={error === undefined ? undefined : errorId}>
      <legend className="pb-1 text-sm font-medium">{legend}</legend>
      {children}
      <FieldError id={errorId} error={error} />
    </fieldset>
  );
}
