import { EmptyState } from "@/components/patterns/states";
import { Page } from "./page";

/** A page that its reader may not see: what it would show, and who grants it. */
export function ForbiddenPage({ crumbs, what, children }: { crumbs: readonly string[]; what: string; children: string }) {
  return (
    <Page crumbs={crumbs.map((label) => ({ label }))}>
      <EmptyState kind="forbidden" title={`You can't see ${what}`}>{children}</EmptyState>
    </Page>
  );
}
