"use client";

import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect, useRef, type ReactNode } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Kbd } from "@/components/ui/kbd";
import { lettersOff } from "@/components/ui/keys";

/** The open row of a table with `peekParam`, and the way to change it. */
export const usePeek = (param = "peek"): { peek: string | undefined; open: (key: string) => void; close: () => void } => {
  const [peek, setPeek] = useQueryState(param, parseAsString.withOptions({ history: "replace" }));
  return { peek: peek ?? undefined, open: (key) => void setPeek(key), close: () => void setPeek(null) };
};

export type PeekPanelProps = {
  title: ReactNode;
  /** Keys of the rows in their order, for J and K. */
  keys: readonly string[];
  /** Full page of the open row, for Enter and the expand button. */
  href?: string | undefined;
  children: ReactNode;
  param?: string | undefined;
};

/** Detail beside the table, not modal: J and K walk, Esc closes, Enter expands. A drawer on phones. Render it only while `usePeek().peek` is set. */
export function PeekPanel({ title, keys, href, children, param = "peek" }: PeekPanelProps) {
  const { peek, open, close } = usePeek(param);
  const router = useRouter();
  const state = useRef({ peek, keys, href, open, close });
  useEffect(() => {
    state.current = { peek, keys, href, open, close };
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const now = state.current;
      if (lettersOff(event) || now.peek === undefined) return;
      const interactive = event.target instanceof HTMLElement && event.target.closest("a, button, summary");
      if (event.key === "Escape") {
        now.close();
        document.querySelector<HTMLElement>(`[data-row-link="${CSS.escape(now.peek)}"]`)?.focus();
      } else if (event.key === "j" || event.key === "k") {
        const next = now.keys[now.keys.indexOf(now.peek) + (event.key === "j" ? 1 : -1)];
        if (next !== undefined) now.open(next);
      } else if (event.key === "Enter" && now.href !== undefined && !interactive) router.push(now.href);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router]);

  return (
    <aside
      data-peek-panel
      aria-label="Details"
      className={cx(
        "min-w-0 rounded-panel border border-line bg-surface",
        "max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-30 max-sm:max-h-[80dvh] max-sm:overflow-y-auto max-sm:rounded-b-none max-sm:border-line-2 max-sm:pb-[env(safe-area-inset-bottom)] max-sm:shadow-float",
        "lg:sticky lg:top-[60px] lg:max-h-[calc(100dvh-76px)] lg:overflow-y-auto",
      )}
    >
      <header className="sticky top-0 z-2 flex min-h-[38px] items-center gap-2 border-b border-line bg-surface py-1.5 pr-2 pl-3.5">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        <Kbd keys="J K" className="max-sm:hidden" />
        {href !== undefined && <ButtonLink href={href} variant="ghost" size="sm" iconOnly icon="expand" aria-label="Open the full page" />}
        <Button variant="ghost" size="sm" iconOnly icon="x" aria-label="Close details" onClick={close} />
      </header>
      <div className="px-3.5 py-3">{children}</div>
    </aside>
  );
}

/** Table with its peek panel: two columns while it is open. */
export function PeekLayout({ table, panel }: { table: ReactNode; panel: ReactNode | undefined }) {
  return (
    <div className={cx("grid grid-cols-[minmax(0,1fr)] items-start gap-3.5", panel !== undefined && "lg:grid-cols-[minmax(0,1fr)_340px]")}>
      <div className="min-w-0">{table}</div>
      {panel}
    </div>
  );
}
