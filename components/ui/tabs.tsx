"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useRef, type ReactNode } from "react";
import { cx } from "./cx";
import { withParams } from "./link";
import { Count } from "./tag";
import { lettersOff } from "./keys";

export type TabItem = {
  label: string;
  /** A page of its own; or leave it out and give `value`, which then lives in the URL key `param`. */
  href?: string | undefined;
  value?: string | undefined;
  count?: number | undefined;
};

export type TabsProps = {
  label: string;
  items: readonly TabItem[];
  /** URL key of value tabs (default `tab`); the first item is the default and leaves it out. */
  param?: string | undefined;
  /** Right end: a range switch, for example. */
  children?: ReactNode;
};

/** Tabs that are links: reload, share and back work. `[` and `]` go to the neighbours. */
export function Tabs({ label, items, param = "tab", children }: TabsProps) {
  const pathname = usePathname();
  const search = useSearchParams();
  const list = useRef<HTMLElement>(null);
  const chosen = search.get(param) ?? items[0]?.value;
  // Of several hrefs that are prefixes of the path the longest is the open page.
  const open = items.filter((item) => item.href !== undefined && (pathname === item.href || pathname.startsWith(`${item.href}/`))).sort((a, b) => (b.href?.length ?? 0) - (a.href?.length ?? 0))[0];

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.key !== "[" && event.key !== "]") || lettersOff(event)) return;
      const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>("a[data-tab]") ?? [])];
      const at = links.findIndex((link) => link.hasAttribute("aria-current"));
      links[at + (event.key === "]" ? 1 : -1)]?.click();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="-mx-5 mb-3.5 flex flex-wrap items-end gap-x-0.5 border-b border-line px-5 max-sm:-mx-3 max-sm:mb-3 max-sm:px-3">
      <nav ref={list} aria-label={label} className={cx("flex min-w-0 flex-1 gap-0.5 overflow-x-auto [scrollbar-width:none]", children !== undefined && "max-sm:basis-full")}>
        {items.map((item) => {
          const current = item.href === undefined ? item.value === chosen : item === open;
          const href = item.href ?? withParams(pathname, search, { [param]: item.value === items[0]?.value ? undefined : item.value });
          return (
            <Link
              key={href}
              data-tab
              href={href}
              scroll={item.href !== undefined}
              aria-current={current ? "page" : undefined}
              className={cx("flex items-center gap-1.5 border-b-2 px-2.5 pt-[7px] pb-[7px] whitespace-nowrap focus-visible:-outline-offset-2 max-sm:py-2.5", current ? "border-fg font-medium text-fg" : "border-transparent text-fg-2 hover:text-fg")}
            >
              {item.label}
              {item.count !== undefined && <Count>{item.count}</Count>}
            </Link>
          );
        })}
      </nav>
      {children !== undefined && <div className="pb-1.5 max-sm:order-first">{children}</div>}
    </div>
  );
}
