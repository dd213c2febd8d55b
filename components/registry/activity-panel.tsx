"use client";

import { useCursorList } from "@/components/patterns/use-cursor-list";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Timeline } from "@/components/patterns/timeline";
import { Button } from "@/components/ui/button";
import type { IconName } from "@/components/ui/icon";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { SkeletonText } from "@/components/ui/skeleton";
import type { Page } from "@/lib/http/api-client";
import type { ActivityItem } from "@/lib/registry";
import { fetchActivity, registryKeys } from "./queries";

const words: Record<string, { text: string; icon: IconName }> = {
  "version.create": { text: "Registered", icon: "cube" },
  "version.inspect": { text: "Inspected", icon: "search" },
  "version.update": { text: "Changed its description or tags", icon: "sliders" },
  "version.delete": { text: "Deleted", icon: "trash" },
  "evidence.add": { text: "Evidence added", icon: "file" },
};

const textOf = ({ action }: ActivityItem): string => words[action]?.text ?? action.replace(/[._]/g, " ");

const statusOf = (change: unknown): string | undefined => {
  if (typeof change !== "object" || change === null || !("status" in change)) return undefined;
  return typeof change.status === "string" ? change.status : undefined;
};

const detailOf = (item: ActivityItem): string => [statusOf(item.change?.after), item.reason, item.because].filter((part) => part !== null && part !== undefined && part !== "").join(". ");

/** What happened to the version, as the audit log has it. */
export function ActivityPanel({ workspace, model, number, initialPage }: { workspace: string; model: string; number: number; initialPage: Page<ActivityItem> }) {
  const list = useCursorList({ queryKey: registryKeys.activity(workspace, model, number), fetchPage: (cursor, signal) => fetchActivity(workspace, model, number, { cursor }, signal), initialPage, refetchIntervalMs: 10_000 });
  return (
    <Panel aria-label="Activity">
      <PanelHeader title="Activity" note="from the audit log" />
      {list.rows === undefined && (list.error ? <ErrorState error={list.error} what="activity" onRetry={list.onRetry} /> : <SkeletonText lines={4} />)}
      {list.rows?.length === 0 && <EmptyState kind="never" title="Nothing happened yet" />}
      {list.rows && list.rows.length > 0 && (
        <Timeline
          events={list.rows.map((item) => {
            const detail = detailOf(item);
            return { key: item.id, at: item.at, icon: words[item.action]?.icon ?? "log", text: <>{textOf(item)} by <b className="font-medium">{item.actor ?? "a person whose name was erased"}</b></>, ...(detail === "" ? {} : { detail }) };
          })}
        />
      )}
      {list.hasMore && <div className="flex justify-center pb-3"><Button size="sm" onClick={list.onMore} pending={list.isFetchingMore} pendingLabel="Reading…">Show more</Button></div>}
    </Panel>
  );
}
