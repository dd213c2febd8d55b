"use client";

import { type ReactNode } from "react";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/copy-button";
import { cx } from "@/components/ui/cx";
import { Icon, type IconName } from "@/components/ui/icon";

export type EmptyStateProps = {
  /** never: nothing made yet. filtered: the filters leave nothing. forbidden: the reader's role doesn't reach it. */
  kind: "never" | "filtered" | "forbidden";
  /** One sentence. */
  title: ReactNode;
  children?: ReactNode;
  /** The next step as a button. */
  action?: ReactNode;
  /** The same step from code. */
  code?: { code: string; label: string } | undefined;
  icon?: IconName | undefined;
};

const kindIcon: Record<EmptyStateProps["kind"], IconName> = { never: "dash", filtered: "filter", forbidden: "lock" };

export function EmptyState({ kind, title, children, action, code, icon }: EmptyStateProps) {
  return (
    <div className="mx-auto grid max-w-[560px] grid-cols-[minmax(0,1fr)] justify-items-center gap-2 px-4 py-9 text-center">
      <Icon name={icon ?? kindIcon[kind]} size={20} className="text-fg-3" />
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="text-sm text-fg-2">{children}</div>}
      {action !== undefined && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
      {code && <div className="mt-2 w-full text-left"><CodeBlock {...code} /></div>}
    </div>
  );
}

export type ErrorStateProps = {
  error: unknown;
  /** What wasn't read: "versions". */
  what: string;
  onRetry?: (() => void) | undefined;
  compact?: boolean | undefined;
};

/** A read that failed, inside its panel: what, why, Retry, request id. A 403 becomes the no-permission state. */
export function ErrorState({ error, what, onRetry, compact = false }: ErrorStateProps) {
  const problem = isApiProblem(error) ? error : undefined;
  if (problem?.status === 403) {
    return <EmptyState kind="forbidden" title={`You can't see ${what}`}>{problem.message}</EmptyState>;
  }
  return (
    <div role="alert" className={cx("mx-auto grid max-w-[560px] justify-items-center gap-2 px-4 text-center", compact ? "py-4" : "py-9")}>
      <Icon name="octa" size={20} className="text-crit-line" />
      <p className="font-medium">Couldn’t read {what}</p>
      <p className="text-sm text-fg-2">{messageOf(error)}</p>
      {onRetry && <Button size="sm" icon="retry" onClick={onRetry}>Retry</Button>}
      {problem?.requestId !== undefined && <p className="text-xs text-fg-3">Request <code>{problem.requestId}</code></p>}
    </div>
  );
}
