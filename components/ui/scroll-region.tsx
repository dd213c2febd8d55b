import { type ComponentPropsWithRef } from "react";
import { cx } from "./cx";

// In the tab order, so that what overflows can be scrolled by keyboard (WCAG 2.1.1).
const focusable = { role: "region", tabIndex: 0 } as const;

/** A named box that scrolls inside itself: wide tables, code, diffs. Positioned, so that visually hidden words inside it can not widen the page. */
export function ScrollRegion({ label, className, ...rest }: ComponentPropsWithRef<"div"> & { label: string }) {
  return <div {...rest} {...focusable} aria-label={label} className={cx("relative overflow-x-auto", className)} />;
}
