"use client";

import { usePathname, useSearchParams } from "next/navigation";
import Link from "next/link";
import { type ReactNode } from "react";
import { cx } from "./cx";
import { withParams } from "./link";

export type Segment<Value extends string> = { value: Value; label: ReactNode };

const frame = "inline-flex max-w-full overflow-x-auto rounded-control border border-line bg-surface";
const item = "h-[26px] border-r border-line px-[9px] text-sm leading-[26px] whitespace-nowrap text-fg-2 last:border-r-0 hover:bg-surface-2 hover:text-fg focus-visible:-outline-offset-2 max-sm:h-8 max-sm:leading-8";
const chosen = "bg-surface-3! font-medium text-fg!";

export type SegmentedControlProps<Value extends string> = { label: string; value: Value; onChange: (value: Value) => void; segments: readonly Segment<Value>[] };

export function SegmentedControl<Value extends string>({ label, value, onChange, segments }: SegmentedControlProps<Value>) {
  return (
    <span role="group" aria-label={label} className={frame}>
      {segments.map((segment) => (
        <button key={segment.value} type="button" aria-pressed={segment.value === value} onClick={() => onChange(segment.value)} className={cx(item, segment.value === value && chosen)}>
          {segment.label}
        </button>
      ))}
    </span>
  );
}

export type SegmentedLinksProps<Value extends string> = {
  label: string;
  /** URL key; the first segment is the default and leaves the key out. */
  param: string;
  segments: readonly Segment<Value>[];
};

/** The same look, with the choice in the URL. */
export function SegmentedLinks<Value extends string>({ label, param, segments }: SegmentedLinksProps<Value>) {
  const pathname = usePathname();
  const search = useSearchParams();
  const value = search.get(param) ?? segments[0]?.value;
  return (
    <nav aria-label={label} className={frame}>
      {segments.map((segment, index) => (
        <Link key={segment.value} href={withParams(pathname, search, { [param]: index === 0 ? undefined : segment.value })} scroll={false} aria-current={segment.value === value ? "true" : undefined} className={cx(item, segment.value === value && chosen)}>
          {segment.label}
        </Link>
      ))}
    </nav>
  );
}
