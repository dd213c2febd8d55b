import { versionHref } from "@/components/registry/queries";
import { Digest } from "@/components/ui/digest";
import { formatBytes, formatMs, formatPercent } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { PredictionCall, PredictionView } from "@/lib/inference";
import { ArmMark } from "./arm-mark";

type InWorkspace = { workspace: string; prediction: PredictionView };

/** Facts of one leg: version, arm, times, sizes. */
export function CallPanel({ workspace, prediction, call, title }: InWorkspace & { call: PredictionCall; title: string }) {
  const { model } = prediction;
  return (
    <Panel aria-label={title}>
      <PanelHeader title={title} />
      <PanelBody>
        <KeyValues
          items={[
            { label: "Version", value: call.versionNumber === null ? "none" : <TextLink href={versionHref(workspace, model.name, call.versionNumber)}>{model.name} v{call.versionNumber}</TextLink> },
            { label: "Arm", value: <ArmMark arm={call.arm} /> },
            { label: "Status", value: call.status },
            { label: "Latency", value: formatMs(call.latencyMs) },
            { label: "In the runtime", value: formatMs(call.upstreamMs) },
            { label: "Request", value: formatBytes(call.requestBytes) },
            { label: "Answer", value: formatBytes(call.responseBytes) },
            { label: "Client’s id", value: call.requestId === null ? "none" : <Digest value={call.requestId} label="client’s id" keep={10} /> },
          ]}
        />
      </PanelBody>
    </Panel>
  );
}

/** Which route revision sent the request where it went, and which rollout made that revision. */
export function RoutePanel({ workspace, prediction: { route } }: InWorkspace) {
  return (
    <Panel aria-label="Route">
      <PanelHeader title="Route" />
      <PanelBody>
        {route === null ? (
          <p className="text-sm text-fg-2">No route was published when this call came.</p>
        ) : (
          <>
            <KeyValues
              items={[
                { label: "Revision", value: route.number },
                { label: "Since", value: <Time value={route.createdAt} /> },
                { label: "Canary", value: formatPercent(route.candidateWeightBp / 10_000) },
                { label: "Mirrored", value: formatPercent(route.mirrorBp / 10_000) },
                { label: "Rollout", value: route.rolloutId === null ? "none" : <TextLink href={`/w/${encodeURIComponent(workspace)}/rollouts/${route.rolloutId}`}>Open</TextLink> },
              ]}
            />
            <p className="mt-2 text-sm text-fg-2">{route.reason}</p>
          </>
        )}
      </PanelBody>
    </Panel>
  );
}

/** What turned out to be true. */
export function LabelPanel({ prediction: { label } }: { prediction: PredictionView }) {
  return (
    <Panel aria-label="Label">
      <PanelHeader title="Label" />
      <PanelBody>
        {label === null ? (
          <p className="text-sm text-fg-2">No label yet. Send it by prediction id or by the client’s own id.</p>
        ) : (
          <KeyValues
            items={[
              { label: "Value", value: <code className="text-sm">{label.value}</code> },
              { label: "True since", value: <Time value={label.labelledAt} /> },
              { label: "Received", value: <Time value={label.receivedAt} /> },
              { label: "Source", value: label.source },
              { label: "Revision", value: label.revision },
            ]}
          />
        )}
      </PanelBody>
    </Panel>
  );
}
