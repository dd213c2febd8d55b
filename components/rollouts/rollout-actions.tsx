"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { usePaletteVerbs } from "@/components/shell/palette";
import { ActionDock, DockAction } from "@/components/patterns/action-dock";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { notify } from "@/components/ui/toaster";
import { type RolloutView, rolloutStatusView } from "@/lib/rollouts";
import { actOnRollout, rolloutKeys, type RolloutVerb } from "./queries";

type Words = { question: string; now: string; after: string; afterIn?: string; also?: string; wayBack: string; confirm: string; pending: string; cancel: string; done: string };

const weight = (rollout: RolloutView): string => {
  const share = (rollout.route?.candidateWeightBp ?? 0) / 100;
  const stable = rollout.from === null ? "no version" : `v${rollout.from}`;
  return share > 0 ? `${stable} ${100 - share} %, v${rollout.to} ${share} %` : `${stable} 100 %${(rollout.route?.mirrorBp ?? 0) > 0 ? `, v${rollout.to} mirrored` : ""}`;
};

const nextTitle = (rollout: RolloutView): string => rollout.steps.find((step) => step.index === rollout.stepIndex + 1)?.title ?? "100 %";

const wordsOf = (rollout: RolloutView, verb: RolloutVerb): Words => {
  const back = rollout.from === null ? "no version" : `v${rollout.from}`;
  const to = `v${rollout.to}`;
  const shared = { now: weight(rollout) };
  switch (verb) {
    case "promote":
      return { ...shared, question: `Go on to ${nextTitle(rollout)} of ${rollout.endpoint} before this step is over?`, after: `${to} at ${nextTitle(rollout)}`, also: "the guardrails keep watching; a harmful verdict rolls back by itself", wayBack: "Abort or Roll back, at any time", confirm: `Go on to ${nextTitle(rollout)}`, pending: "Going on…", cancel: "Stay in this step", done: `On the way to ${nextTitle(rollout)}` };
    case "hold":
      return { ...shared, question: `Hold ${rollout.endpoint} where it is?`, after: weight(rollout), also: "the step's clock stops; harm still rolls back", wayBack: "Resume, which starts this step's counts anew", confirm: "Hold", pending: "Holding…", cancel: "Go on", done: "Held" };
    case "resume":
      return { ...shared, question: `Resume the rollout of ${to}?`, after: "the step again, with fresh counts", wayBack: "Hold, Abort or Roll back", confirm: "Resume", pending: "Resuming…", cancel: "Stay held", done: "Resumed" };
    case "abort":
      return { ...shared, question: `Abort ${to} on ${rollout.endpoint}?`, after: `${back} 100 %, ${to} stays loaded`, afterIn: "in about a second", also: "the rollout is held at no weight", wayBack: "Resume from its first step, or roll back to close it", confirm: `Abort ${to}`, pending: "Aborting…", cancel: "Keep it", done: `All traffic goes to ${back}` };
    case "rollback":
      return { ...shared, question: `Roll back ${rollout.endpoint} to ${back}?`, after: `${back} 100 %, ${to} unloaded`, afterIn: "in about a second", also: "closes this rollout", wayBack: `start a new rollout of ${to} from its first step`, confirm: `Roll back to ${back}`, pending: "Rolling back…", cancel: `Keep ${to}`, done: `All traffic goes to ${back}` };
  }
};

const verbTitles = [["promote", "Go on with", "fwd"], ["hold", "Hold", "pause"], ["resume", "Resume", "fwd"], ["abort", "Abort", "stop"], ["rollback", "Roll back", "undo"]] as const;

/** The verbs of a live rollout, each with its effect; every one asks first and keeps the reason. */
export function RolloutActions({ workspace, rollout, isStale }: { workspace: string; rollout: RolloutView; isStale: boolean }) {
  const [verb, setVerb] = useState<RolloutVerb | null>(null);
  const queries = useQueryClient();
  const { actions } = rollout;
  const blocked = (name: RolloutVerb): string | undefined => (actions[name].isAllowed ? undefined : (actions[name].reason ?? "not now"));
  const offered = useMemo(
    () => verbTitles.filter(([name]) => actions[name].isAllowed).map(([name, title, icon]) => ({ key: name, label: `${title} ${rollout.endpoint}`, icon, group: "This rollout", onSelect: () => setVerb(name) })),
    [actions, rollout.endpoint],
  );
  usePaletteVerbs(offered);
  const status = rolloutStatusView({ phase: rollout.phase, weightBp: rollout.route?.candidateWeightBp ?? 0 });
  const words = verb === null ? null : wordsOf(rollout, verb);
  const isHeld = rollout.phase === "HELD";
  const back = rollout.from === null ? "no version" : `v${rollout.from}`;
  if (rollout.endedAt !== null) return <ActionDock title={status.word} summary={rollout.reason ?? undefined}>{null}</ActionDock>;
  return (
    <ActionDock title={status.word} summary={rollout.verdict?.reason ?? rollout.reason ?? undefined}>
      <DockAction icon="fwd" label={`Go on to ${nextTitle(rollout)}`} effect="Before this step is over" shortcut="p" blocked={isStale ? "what you see is old" : blocked("promote")} onSelect={() => setVerb("promote")} />
      {isHeld
        ? <DockAction icon="fwd" label="Resume" effect="The step again, with fresh counts" shortcut="h" blocked={blocked("resume")} onSelect={() => setVerb("resume")} />
        : <DockAction icon="pause" label="Hold" effect="Stay at this weight, stop the step's clock" shortcut="h" blocked={blocked("hold")} onSelect={() => setVerb("hold")} />}
      <DockAction icon="stop" tone="danger" label="Abort" effect={`All traffic to ${back}, v${rollout.to} stays loaded`} shortcut="a" blocked={blocked("abort")} onSelect={() => setVerb("abort")} />
      <DockAction icon="undo" tone="danger" label="Roll back" effect={`All traffic to ${back}, close the rollout`} shortcut="b" blocked={blocked("rollback")} onSelect={() => setVerb("rollback")} />
      {words && verb && (
        <ConfirmDialog
          open
          onOpenChange={(isOpen) => !isOpen && setVerb(null)}
          question={words.question}
          now={words.now}
          after={words.after}
          afterIn={words.afterIn}
          reaches={`callers of ${rollout.endpoint} in ${rollout.environment}; none of them sees an error`}
          more={words.also ? [{ label: "Also", value: words.also }] : []}
          wayBack={words.wayBack}
          reason={{ placeholder: "What did you see?" }}
          environment={{ name: rollout.environment, production: rollout.isProduction }}
          confirmLabel={words.confirm}
          pendingLabel={words.pending}
          cancelLabel={words.cancel}
          tone={verb === "abort" || verb === "rollback" ? "danger" : "primary"}
          onConfirm={async (reason) => {
            const next = await actOnRollout(workspace, rollout.id, verb, reason);
            queries.setQueryData(rolloutKeys.one(workspace, rollout.id), next);
            notify.done(words.done);
          }}
        />
      )}
    </ActionDock>
  );
}
