import { TrafficBar } from "@/components/patterns/traffic-bar";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import type { RolloutView } from "@/lib/rollouts";

/** Who gets how much, as the gateways acknowledged it. */
export function RolloutTraffic({ workspace, rollout }: { workspace: string; rollout: RolloutView }) {
  const { route } = rollout;
  const candidate = (route?.candidateWeightBp ?? 0) / 100;
  return (
    <Panel>
      <PanelHeader title="Traffic" plain><TextLink href={`/w/${workspace}/endpoints/${rollout.endpoint}?env=${rollout.environment}`}>Endpoint</TextLink></PanelHeader>
      <PanelBody>
        {route === null || route.stable === null ? (
          <p className="text-fg-2">No version serves yet.</p>
        ) : (
          <TrafficBar
            size="lg"
            legend
            arms={[
              { role: "stable", label: `v${route.stable} stable`, percent: 100 - candidate },
              ...(route.candidate !== null && candidate > 0 ? [{ role: "canary" as const, label: `v${route.candidate} canary`, percent: candidate }] : []),
            ]}
            mirror={{ label: "shadow", value: route.mirrorBp > 0 ? `${route.mirrorBp / 100} %` : "off" }}
          />
        )}
      </PanelBody>
    </Panel>
  );
}
