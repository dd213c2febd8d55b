"use client";

import { useQuery } from "@tanstack/react-query";
import { pollWhile } from "@/components/patterns/polling";
import { EventList } from "@/components/patterns/timeline";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { RolloutView } from "@/lib/rollouts";
import { isRolloutLive, rolloutKeys } from "./queries";

/** What the audit log says of a rollout; the fields that this list reads. */
export type RolloutEvent = { id: string; occurredAt: string; action: string; summary: string };

type AuditItem = { id: string; occurredAt: string; action: string; actor: { name: string | null }; reason: string | null; because: string | null };

const verbs: Record<string, string> = { "rollout.start": "started it", "rollout.step": "went on", "rollout.hold": "held it", "rollout.promote": "sends all traffic", "rollout.rollback": "rolls it back", "rollout.rolled_back": "all traffic is back", "rollout.succeed": "ended it as done", "rollout.cancel": "ended it" };

export const toRolloutEvent = (item: AuditItem): RolloutEvent => ({
  id: item.id,
  occurredAt: item.occurredAt,
  action: item.action,
  summary: [`${item.actor.name ?? "Somebody"} ${verbs[item.action] ?? item.action}`, item.because ?? item.reason].filter(Boolean).join(": "),
});

/** Events of this rollout, newest first, out of the audit log. */
export function RolloutEvents({ workspace, rollout }: { workspace: string; rollout: RolloutView }) {
  const { data } = useQuery({
    queryKey: [...rolloutKeys.one(workspace, rollout.id), "events"],
    queryFn: async ({ signal }) => (await api.get<Page<AuditItem>>(apiPath(workspace, "audit", "events"), { query: { targetType: "rollout", targetId: rollout.id, limit: "12" }, signal })).items.map(toRolloutEvent),
    retry: false,
    ...pollWhile(isRolloutLive(rollout)),
  });
  if (!data || data.length === 0) return null;
  return (
    <Panel>
      <PanelHeader title="Events" plain><TextLink href={`/w/${workspace}/audit?targetType=rollout&targetId=${rollout.id}`}>In the log</TextLink></PanelHeader>
      <EventList events={data.map((event) => ({ key: event.id, at: event.occurredAt, text: event.summary }))} />
    </Panel>
  );
}
