"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { rolloutHref, rolloutKeys } from "@/components/rollouts/queries";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { notify } from "@/components/ui/toaster";
import type { RolloutSummary } from "@/lib/rollouts";
import type { EndpointView } from "@/lib/serving";
import { trafficText } from "./present";
import { rollBackEndpoint, servingKeys } from "./queries";

/** Number of the version that a roll back goes to: what the active rollout came from, else the version before. */
export const rollBackTarget = (endpoint: EndpointView, active: RolloutSummary | null): number | null => (active ? active.from : (endpoint.previous?.number ?? null));

type RollBackDialogProps = { workspace: string; endpoint: EndpointView; active: RolloutSummary | null; to: number; open: boolean; onOpenChange: (open: boolean) => void };

/** Sends an endpoint's traffic back to the version before; closes the rollout under way, if any. */
export function RollBackDialog({ workspace, endpoint, active, to, open, onOpenChange }: RollBackDialogProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const leaving = active ? active.to : (endpoint.stable?.number ?? null);
  const isWarm = endpoint.previous?.number === to && endpoint.warmUntil !== null;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      question={`Roll back ${endpoint.name} to v${to}?`}
      now={trafficText(endpoint)}
      after={`v${to} 100 %`}
      afterIn={active !== null || isWarm ? "in about a second" : "once it is loaded again"}
      reaches={`Callers of ${endpoint.name} in ${endpoint.environment}; none of them sees an error.`}
      more={[
        ...(active ? [{ label: "Also", value: `closes the rollout of v${active.to}` }] : []),
        ...(active === null ? [{ label: `v${to}`, value: isWarm ? "still loaded" : "unloaded; it is loaded and probed first" }] : []),
      ]}
      wayBack={leaving === null ? "Start a rollout of the version that you want." : `Start a new rollout of v${leaving} from its first step.`}
      reason={{ placeholder: "What did you see?" }}
      environment={{ name: endpoint.environment, production: endpoint.isProduction }}
      confirmLabel={`Roll back to v${to}`}
      pendingLabel="Rolling back…"
      cancelLabel={leaving === null ? "Keep it as it is" : `Keep v${leaving}`}
      onConfirm={async (reason) => {
        const rollout = await rollBackEndpoint(workspace, endpoint, reason);
        await Promise.all([queries.invalidateQueries({ queryKey: servingKeys.all(workspace) }), queries.invalidateQueries({ queryKey: rolloutKeys.all(workspace) })]);
        notify.done(`${endpoint.name} goes back to v${to}`);
        router.push(rolloutHref(workspace, rollout.id));
      }}
    />
  );
}
