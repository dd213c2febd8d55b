import { type ComponentPropsWithRef, type ReactNode } from "react";
import { cx } from "./cx";

export type PanelProps = ComponentPropsWithRef<"section">;

/** Bordered surface. Name it with `aria-label` or a PanelHeader title. */
export function Panel({ className, ...rest }: PanelProps) {
  return <section {...rest} className={cx("min-w-0 rounded-panel border border-line bg-surface", className)} />;
}

export type PanelHeaderProps = {
  title: ReactNode;
  /** Grey words after the title. */
  note?: ReactNode;
  /** Right side: legend, links, buttons. */
  children?: ReactNode;
  /** Without the line below. */
  plain?: boolean | undefined;
  id?: string | undefined;
  className?: string | undefined;
};

export function PanelHeader({ title, note, children, plain = false, id, className }: PanelHeaderProps) {
  return (
    <header className={cx("flex min-h-[38px] flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-3 pl-3.5", !plain && "border-b border-line", className)}>
      <h2 id={id} className="min-w-0 flex-1 basis-48 text-base font-semibold">
        {title} {note !== undefined && <span className="font-normal text-fg-3">{note}</span>}
      </h2>
      {children}
    </header>
  );
}

export function PanelBody({ className, ...rest }: ComponentPropsWithRef<"div">) {
  return <div {...rest} className={cx("px-3.5 py-2.5", className)} />;
}

export function PanelFooter({ className, ...rest }: ComponentPropsWithRef<"footer">) {
  return <footer {...rest} className={cx("flex flex-wrap justify-between gap-x-4 gap-y-1 border-t border-line px-3.5 py-2 text-sm text-fg-2", className)} />;
}
