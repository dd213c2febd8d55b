import { type ReactNode } from "react";
import { endpointHref } from "@/components/serving/queries";
import { Icon } from "@/components/ui/icon";
import { TextLink } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import type { DossierView } from "@/lib/governance";

/** What a release would touch, in one line: now, after, whom it reaches, the way back. */
export function BlastStrip({ workspace, dossier }: { workspace: string; dossier: DossierView }) {
  const { endpoints, environment, version } = dossier;
  const serving = [...new Set(endpoints.flatMap(({ stable }) => (stable === null ? [] : [stable])))];
  const others = serving.filter((number) => number !== version);
  return (
    <Panel aria-label="Effect" className="flex flex-wrap items-center gap-x-6 gap-y-2 px-3.5 py-2.5">
      <Part label="Now">{serving.length === 0 ? "no version" : serving.map((number) => `v${number}`).join(", ")}</Part>
      <Icon name="fwd" className="text-fg-3 max-sm:hidden" />
      <Part label="After the rollout">v{version}</Part>
      <span aria-hidden className="h-8 w-px bg-line max-sm:hidden" />
      <Part label="Reaches">
        {endpoints.length === 0 ? `no endpoint in ${environment} yet` : <>callers of {endpoints.map(({ name }, index) => <span key={name}>{index > 0 && ", "}<TextLink href={endpointHref(workspace, name, environment)}>{name}</TextLink></span>)}</>}
      </Part>
      <Part label="Way back">{others.length === 0 ? "none, nothing else served yet" : `${others.map((number) => `v${number}`).join(", ")}, one button on the endpoint`}</Part>
    </Panel>
  );
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0">
      <span className="text-sm text-fg-3">{label}</span>
      <span className="font-semibold [overflow-wrap:anywhere]">{children}</span>
    </div>
  );
}
