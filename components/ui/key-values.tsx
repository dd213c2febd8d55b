import { Fragment, type ReactNode } from "react";
import { cx } from "./cx";

export type KeyValue = { label: ReactNode; value: ReactNode };
export type KeyValuesProps = { items: readonly KeyValue[]; align?: "right" | "left" | undefined; className?: string | undefined };

/** Terms and values in two columns; values right (rails) or left (dialogs). */
export function KeyValues({ items, align = "right", className }: KeyValuesProps) {
  return (
    <dl className={cx("grid gap-x-3.5 gap-y-[5px] text-sm leading-[18px]", align === "left" ? "grid-cols-[minmax(84px,auto)_1fr]" : "grid-cols-[auto_1fr]", className)}>
      {items.map((item, index) => (
        <Fragment key={index}>
          <dt className="text-fg-3">{item.label}</dt>
          <dd className={cx("min-w-0 [overflow-wrap:anywhere]", align === "right" && "text-right")}>{item.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Meta line under a title: grey labels, stronger values, wraps. */
export function MetaLine({ items, className }: { items: readonly KeyValue[]; className?: string | undefined }) {
  return (
    <dl className={cx("flex flex-wrap gap-x-3.5 gap-y-0.5 text-sm leading-[18px] text-fg-3", className)}>
      {items.map((item, index) => (
        <div key={index} className="flex gap-1">
          <dt>{item.label}</dt>
          <dd className="font-medium text-fg-2">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
