import { type ReactNode } from "react";
import { MetaLine, type KeyValue } from "@/components/ui/key-values";
import { cx } from "@/components/ui/cx";

export type PageHeaderProps = {
  /** The finding, not the page's name ("4 of 11 endpoints need attention"). The only h1 of the page. */
  title: ReactNode;
  /** Chips and tags beside the title. */
  status?: ReactNode;
  /** One sentence: the cause. */
  lead?: ReactNode;
  meta?: readonly KeyValue[] | undefined;
  /** Buttons; at most one primary. */
  actions?: ReactNode;
};

export function PageHeader({ title, status, lead, meta, actions }: PageHeaderProps) {
  return (
    <div className="mb-3.5 flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xl font-semibold tracking-[-0.015em] [overflow-wrap:anywhere] max-sm:text-[18px] max-sm:leading-6">
          <span>{title}</span>
          {status !== undefined && <span className="flex flex-wrap items-center gap-1.5 tracking-normal">{status}</span>}
        </h1>
        {lead !== undefined && <p className="mt-0.5 text-fg-2">{lead}</p>}
        {meta !== undefined && meta.length > 0 && <MetaLine items={meta} className="mt-[3px]" />}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-1.5">{actions}</div>}
    </div>
  );
}

export type PageColumnsProps = { children: ReactNode; rail: ReactNode; railWidth?: 288 | 316 | 340 | undefined; railFirst?: boolean | undefined };

const railWidths = { 288: "lg:grid-cols-[minmax(0,1fr)_288px]", 316: "lg:grid-cols-[minmax(0,1fr)_316px]", 340: "lg:grid-cols-[minmax(0,1fr)_340px]" };

/** Content with a rail for decision and context; below 1241 px the rail goes under the content, or over it with `railFirst`. */
export function PageColumns({ children, rail, railWidth = 316, railFirst = false }: PageColumnsProps) {
  return (
    <div className={cx("grid grid-cols-[minmax(0,1fr)] items-start gap-3.5", railWidths[railWidth])}>
      <Stack>{children}</Stack>
      <aside className={cx("grid min-w-0 grid-cols-[minmax(0,1fr)] items-start gap-3.5 sm:max-lg:grid-cols-2", railFirst && "max-lg:order-first")}>{rail}</aside>
    </div>
  );
}

/** Panels under each other with the panel gap. */
export function Stack({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return <div className={cx("grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-3.5", className)}>{children}</div>;
}

/** Two panels side by side from 761 px. */
export function Pair({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return <div className={cx("grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3.5 sm:grid-cols-2", className)}>{children}</div>;
}
