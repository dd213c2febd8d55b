"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { monitoringKeys } from "@/components/monitoring/queries";
import { rolloutHref, rolloutKeys } from "@/components/rollouts/queries";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu } from "@/components/ui/menu";
import { attempt, notify } from "@/components/ui/toaster";
import { useWork } from "@/components/ui/use-work";
import { hourMs } from "@/lib/core/durations";
import type { IncidentPage } from "@/lib/monitoring";
import { acknowledgeIncident, incidentKeys, muteIncident, resolveIncident, rollBack } from "./queries";

type IncidentActionsProps = { workspace: string; incident: IncidentPage };

const hours = [{ label: "For an hour", hours: 1 }, { label: "For 8 hours", hours: 8 }, { label: "For a day", hours: 24 }, { label: "For a week", hours: 168 }];

/** What can be done about an incident: each either works or says why not. */
export function IncidentActions({ workspace, incident }: IncidentActionsProps) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<"resolve" | "rollback">();
  const { isPending, run } = useWork();
  const { acts, rollback } = incident;
  const refresh = async (view: IncidentPage) => {
    queries.setQueryData(incidentKeys.one(workspace, incident.id), view);
    await Promise.all([queries.invalidateQueries({ queryKey: incidentKeys.all(workspace) }), queries.invalidateQueries({ queryKey: monitoringKeys.all(workspace) })]);
  };
  const act = (change: () => Promise<IncidentPage>, done: string) => run(() => attempt("Not changed", async () => {
    await refresh(await change());
    notify.done(done);
  }));
  if (incident.status === "resolved") return null;
  const blocked = acts.resolve.reason;
  const isMuted = incident.mutedUntil !== null;
  const mute = (count: number) => act(() => muteIncident(workspace, incident.id, new Date(Date.now() + count * hourMs).toISOString()), "Muted; it still clears by its rule");
  return (
    <>
      {blocked !== null && <span className="text-sm text-fg-2">{blocked}</span>}
      {acts.acknowledge.allowed && <Button icon="eye" pending={isPending} pendingLabel="Saving…" onClick={() => void act(() => acknowledgeIncident(workspace, incident.id, ""), "Acknowledged")}>Acknowledge</Button>}
      {acts.mute.allowed && (
        <Menu
          trigger={<Button icon="clock">{isMuted ? "Muted" : "Mute"}</Button>}
          items={[
            ...hours.map((item) => ({ label: item.label, onSelect: () => void mute(item.hours) })),
            ...(isMuted ? (["separator", { label: "Unmute", onSelect: () => void act(() => muteIncident(workspace, incident.id, null), "Unmuted") }] as const) : []),
          ]}
        />
      )}
      {acts.resolve.allowed && <Button icon="check" onClick={() => setOpen("resolve")}>Resolve…</Button>}
      {rollback && acts.rollBack.allowed && <Button variant="primary" icon="undo" onClick={() => setOpen("rollback")}>Roll back to v{rollback.to}…</Button>}
      {rollback && !acts.rollBack.allowed && acts.rollBack.reason !== null && <span className="text-sm text-fg-2">Roll back to v{rollback.to}: {acts.rollBack.reason}</span>}
      <ConfirmDialog
        open={open === "resolve"}
        onOpenChange={(next) => setOpen(next ? "resolve" : undefined)}
        question={`Resolve INC-${incident.number} by hand?`}
        now={`${incident.status}: ${incident.cause}`}
        after="resolved, with your name and reason on its timeline"
        reaches={`Who watches ${incident.endpoint}. Nothing changes for its callers.`}
        wayBack="Should the windows stay beyond the limit, the monitor opens a new incident."
        reason={{ placeholder: "What was it, and why is it over?" }}
        environment={{ name: incident.environment, production: incident.isProduction }}
        confirmLabel={`Resolve INC-${incident.number}`}
        pendingLabel="Resolving…"
        cancelLabel="Keep it open"
        tone="primary"
        onConfirm={async (reason) => {
          await refresh(await resolveIncident(workspace, incident.id, reason));
          notify.done(`INC-${incident.number} is resolved`);
        }}
      />
      {rollback && <RollBack workspace={workspace} incident={incident} rollback={rollback} open={open === "rollback"} onOpenChange={(next) => setOpen(next ? "rollback" : undefined)} />}
    </>
  );
}

type RollBackProps = { workspace: string; incident: IncidentPage; rollback: NonNullable<IncidentPage["rollback"]>; open: boolean; onOpenChange: (open: boolean) => void };

function RollBack({ workspace, incident, rollback, open, onOpenChange }: RollBackProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const { from, to, isWarm, requestsPerMinute } = rollback;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      question={`Roll back ${incident.endpoint} to v${to}?`}
      now={`v${from} 100 %`}
      after={`v${to} 100 %`}
      afterIn={isWarm ? "in about a second" : "once it is loaded again"}
      reaches={requestsPerMinute === null ? `Every caller of ${incident.endpoint}.` : `${requestsPerMinute} requests a minute; none of them sees an error.`}
      more={[{ label: `v${to}`, value: isWarm ? "still loaded" : "unloaded; it is loaded and probed first" }, { label: "Also", value: `resolves the performance and error incidents of v${from}` }]}
      wayBack={`Start a new rollout of v${from} from its first step.`}
      reason={{ placeholder: "What did you see?" }}
      environment={{ name: incident.environment, production: incident.isProduction }}
      confirmLabel={`Roll back to v${to}`}
      pendingLabel="Rolling back…"
      cancelLabel={`Keep v${from}`}
      onConfirm={async (reason) => {
        const rollout = await rollBack(workspace, incident, reason);
        await Promise.all([queries.invalidateQueries({ queryKey: incidentKeys.all(workspace) }), queries.invalidateQueries({ queryKey: rolloutKeys.all(workspace) })]);
        notify.done(`${incident.endpoint} goes back to v${to}`);
        router.push(rolloutHref(workspace, rollout.id));
      }}
    />
  );
}
