import { TrafficBar } from "@/components/patterns/traffic-bar";
import { Status } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import type { VersionDeployment } from "@/lib/registry";

const statusOf = ({ role, weightPercent }: VersionDeployment): StatusView => {
  switch (role) {
    case "stable": return { word: `Serving ${weightPercent} %`, tone: "ok", icon: "okc" };
    case "candidate": return { word: `Canary ${weightPercent} %`, tone: "info", icon: "ramp" };
    case "shadow": return { word: "Shadow", tone: "info", icon: "eye" };
    case "preparing": return { word: "Preparing", tone: "info", icon: "spin" };
    case "warm": return { word: "Kept warm", tone: "idle", icon: "clock" };
  }
};

/** Where the version is right now. */
export function DeploymentsPanel({ workspace, deployments, number }: { workspace: string; deployments: readonly VersionDeployment[]; number: number }) {
  return (
    <Panel aria-label="Deployments">
      <PanelHeader title="Deployments" />
      {deployments.length === 0 && <PanelBody className="text-sm text-fg-2">Not on any endpoint. A rollout brings an approved version to one.</PanelBody>}
      <ul>
        {deployments.map((deployment) => (
          <li key={deployment.endpointId} className="grid gap-1.5 border-b border-line px-3.5 py-2 last:border-b-0">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <TextLink quiet href={deployment.rolloutId === null ? `/w/${workspace}/endpoints/${deployment.endpoint}?env=${deployment.environment}` : `/w/${workspace}/rollouts/${deployment.rolloutId}`}>{deployment.endpoint}</TextLink>
              <Status status={statusOf(deployment)} />
            </span>
            {deployment.role === "candidate" && <TrafficBar arms={[{ role: "stable", label: "stable", percent: 100 - deployment.weightPercent }, { role: "canary", label: `v${number} canary`, percent: deployment.weightPercent }]} />}
            <span className="flex flex-wrap justify-between gap-2 text-sm text-fg-3">
              <span>{deployment.environment}</span>
              {deployment.since !== null && <span>since <Time value={deployment.since} /></span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
