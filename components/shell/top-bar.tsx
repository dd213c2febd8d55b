"use client";

import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Fragment } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { withParams } from "@/components/ui/link";
import { Menu } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import { openOverlay } from "./overlays";
import { useEnvironment, useShell } from "./context";
import { PersonMenu } from "./person-menu";
import { toggleTheme } from "./theme";

export type Crumb = { label: string; href?: string | undefined };

const boxed = "flex h-7 items-center gap-[7px] rounded-control border border-line bg-surface px-[9px] text-sm text-fg-2 hover:bg-surface-2 max-sm:h-9";

/** Where we are, in which environment, and the ways on. */
export function TopBar({ crumbs, environment }: { crumbs: readonly Crumb[]; environment: boolean }) {
  return (
    <header className="sticky top-0 z-20 flex h-11 items-center gap-2 border-b border-line bg-surface px-5 max-sm:h-12 max-sm:px-3">
      <Button iconOnly icon="menu" aria-label="Menu" className="md:hidden" onClick={() => openOverlay("menu")} />
      <nav aria-label="Breadcrumb" className="min-w-0 flex-1 overflow-hidden">
        <ol className="flex items-center gap-[7px] whitespace-nowrap text-fg-3">
          {crumbs.map((crumb, index) => {
            const last = index === crumbs.length - 1;
            return (
              <Fragment key={index}>
                <li className={cx("truncate", last ? "min-w-0" : "max-w-64 flex-none max-sm:hidden")} title={crumb.label}>
                  {last || crumb.href === undefined ? <span aria-current={last ? "page" : undefined} className={cx(last && "font-medium text-fg")}>{crumb.label}</span> : <Link href={crumb.href} className="hover:text-fg">{crumb.label}</Link>}
                </li>
                {!last && <li aria-hidden className="text-line-2 max-sm:hidden">/</li>}
              </Fragment>
            );
          })}
        </ol>
      </nav>
      {environment && <EnvironmentSwitch />}
      <Tooltip label="Search or jump" shortcut="Ctrl K">
        <button type="button" onClick={() => openOverlay("palette")} aria-label="Search or jump to" className={cx(boxed, "sm:w-[208px] max-sm:w-9 max-sm:justify-center max-sm:px-0")}>
          <Icon name="search" size={14} className="text-fg-3" />
          <span className="flex-1 text-left text-fg-3 max-sm:hidden">Search or jump to</span>
          <kbd aria-hidden className="rounded border border-line bg-surface-2 px-1 font-sans text-xs/4 font-medium text-fg-3 max-sm:hidden">Ctrl K</kbd>
        </button>
      </Tooltip>
      <Tooltip label="Switch theme" shortcut="d">
        <Button variant="ghost" iconOnly icon="sun" aria-label="Switch theme" onClick={toggleTheme} />
      </Tooltip>
      <PersonMenu />
    </header>
  );
}

function EnvironmentSwitch() {
  const { environments } = useShell();
  const current = useEnvironment();
  const pathname = usePathname();
  const search = useSearchParams();
  const router = useRouter();
  if (!current) return null;
  return (
    <Menu
      trigger={
        <button type="button" aria-label={`Environment ${current.name}${current.production ? ", production" : ""}, switch`} className={boxed}>
          <EnvironmentDot production={current.production} />
          <span className="max-w-32 truncate">{current.name}</span>
          <Icon name="down" size={14} className="text-fg-3" />
        </button>
      }
      items={environments.map((item) => ({
        label: item.name,
        hint: item.production ? "production" : undefined,
        checked: item.slug === current.slug,
        onSelect: () => router.push(withParams(pathname, search, { env: item.slug, peek: undefined })),
      }))}
    />
  );
}

/** Production is a red diamond, everything else a grey dot. */
function EnvironmentDot({ production }: { production: boolean }) {
  return <span aria-hidden className={cx("size-[7px] flex-none", production ? "rotate-45 rounded-[2px] bg-crit-line" : "rounded-full bg-idle-line")} />;
}
