import { compareHref, versionHref } from "@/components/registry/queries";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import type { RolloutPreview } from "@/lib/rollouts";

const shown = 4;

type Change = NonNullable<RolloutPreview["schema"]>["changes"][number];
const describeChange = ({ side, name, change, before, after }: Change): string =>
  `${side} ${name} ${change === "added" ? "is new and needed" : change === "removed" ? "is gone" : `was ${before ?? "none"}, is ${after ?? "none"}`}`;

/** What a rollout of this version would meet: policy, runtime, and what callers notice. Nothing where all is well. */
export function RolloutPreviewNotices({ preview, workspace, model }: { preview: RolloutPreview; workspace: string; model: string }) {
  const { release, runtime, schema, version } = preview;
  const breaking = schema?.changes.filter(({ breaks }) => breaks) ?? [];
  const lacksServer = runtime.canServe && runtime.kind === "mlflow" && runtime.url === null;
  return (
    <>
      {!release.isAllowed && <Notice tone="warn" title="The policy does not allow it yet.">{release.reason}</Notice>}
      {!runtime.canServe && <Notice tone="crit" title={`The runtime ${runtime.runtime} can't serve it.`}>{runtime.reason} {runtime.remedy}</Notice>}
      {lacksServer && <Notice tone="crit" title="It has no server yet.">Start one and register its address on the page of <TextLink href={versionHref(workspace, model, version)}>v{version}</TextLink>; without it the rollout goes back at once.</Notice>}
      {runtime.canServe && !lacksServer && runtime.state === "UNAVAILABLE" && <Notice tone="warn" title="The runtime does not answer for it.">{runtime.stateReason}</Notice>}
      {schema && breaking.length > 0 && (
        <Notice tone="crit" title={`It breaks callers of v${schema.against}.`}>
          {breaking.slice(0, shown).map(describeChange).join("; ")}{breaking.length > shown && ` and ${breaking.length - shown} more`}. <TextLink href={compareHref(workspace, model, schema.against, version)}>Compare them</TextLink>
        </Notice>
      )}
      {schema?.verdict === "unknown" && <Notice tone="info" title="Nobody can tell whether callers notice.">{schema.reason}</Notice>}
    </>
  );
}
