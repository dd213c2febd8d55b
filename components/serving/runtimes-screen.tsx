"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { SettingsFrame, type SettingsTab } from "@/components/identity/settings-frame";
import { PageHeader, Stack } from "@/components/patterns/page-header";
import { pollMs } from "@/components/patterns/polling";
import { versionHref } from "@/components/registry/queries";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { SmallTable } from "@/components/ui/small-table";
import { Time } from "@/components/ui/time";
import type { RuntimeView } from "@/lib/serving";
import { CreateRuntimeDialog } from "./create-runtime-dialog";
import { kindWord, readinessView } from "./present";
import { deleteRuntime, fetchRuntimes, servingKeys } from "./queries";

export type RuntimesScreenProps = { workspace: string; tabs: readonly SettingsTab[]; initial: readonly RuntimeView[]; blocked: string | undefined };

const finding = (runtimes: readonly RuntimeView[]): string => {
  const lost = runtimes.flatMap(({ models }) => models).filter(({ state }) => state === "UNAVAILABLE").length;
  if (lost > 0) return `${lost} ${lost === 1 ? "version does" : "versions do"} not answer`;
  return `${runtimes.length} ${runtimes.length === 1 ? "runtime" : "runtimes"}`;
};

/** The servers that run models, with what each was last seen to hold. */
export function RuntimesScreen({ workspace, tabs, initial, blocked }: RuntimesScreenProps) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [leaving, setLeaving] = useState<RuntimeView>();
  const { data } = useQuery({ queryKey: servingKeys.runtimes(workspace), queryFn: ({ signal }) => fetchRuntimes(workspace, signal), initialData: [...initial], refetchInterval: pollMs.page });
  const refresh = () => queries.invalidateQueries({ queryKey: servingKeys.runtimes(workspace) });
  return (
    <SettingsFrame
      workspace={workspace}
      current="runtimes"
      tabs={tabs}
      header={
        <PageHeader
          title={finding(data)}
          lead="A runtime loads versions and answers for them. An endpoint is made on one."
          actions={<span className="grid justify-items-end gap-1"><Button icon="plus" variant="primary" disabled={blocked !== undefined} onClick={() => setOpen(true)}>Add a runtime</Button>{blocked !== undefined && <span className="max-w-72 text-right text-sm text-fg-3">{blocked}</span>}</span>}
        />
      }
    >
      <Stack className="mt-3.5">
        {data.map((runtime) => (
          <Panel key={runtime.id} aria-label={runtime.name}>
            <PanelHeader title={runtime.name} note={kindWord(runtime.kind)}>
              {runtime.url !== "" && <code className="text-sm text-fg-3">{runtime.url}</code>}
              {runtime.kind !== "onnx" && <Button size="sm" variant="danger-text" disabled={blocked !== undefined} onClick={() => setLeaving(runtime)} aria-label={`Remove the runtime ${runtime.name}`}>Remove</Button>}
            </PanelHeader>
            {runtime.models.length === 0 ? (
              <PanelBody className="text-sm text-fg-2">Holds no version. {runtime.kind === "mlflow" ? "Register the server of a version on the version's page, under Serve it." : "A version is loaded when an endpoint is to serve it."}</PanelBody>
            ) : <Held workspace={workspace} runtime={runtime} />}
            {runtime.kind === "mlflow" && runtime.models.length > 0 && <PanelBody className="border-t border-line text-sm text-fg-3">Each server holds one version from its start; MLflow's protocol does not tell which.</PanelBody>}
          </Panel>
        ))}
      </Stack>
      {isOpen && <CreateRuntimeDialog workspace={workspace} onClose={() => setOpen(false)} onCreated={() => void refresh()} />}
      {leaving && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setLeaving(undefined)}
          question={`Remove the runtime ${leaving.name}?`}
          now={`${leaving.models.length} ${leaving.models.length === 1 ? "version has" : "versions have"} a server there`}
          after="Their addresses are forgotten"
          reaches="No caller: a runtime on which an endpoint was made can't be removed."
          wayBack="Add it again and register the addresses."
          cancelLabel="Keep it"
          reason={{ placeholder: "Why it goes" }}
          confirmLabel={`Remove ${leaving.name}`}
          pendingLabel="Removing…"
          tone="danger"
          onConfirm={async (reason) => {
            await deleteRuntime(workspace, leaving.name, reason);
            await refresh();
          }}
        />
      )}
    </SettingsFrame>
  );
}

function Held({ workspace, runtime }: { workspace: string; runtime: RuntimeView }) {
  return (
    <SmallTable
      label={`What ${runtime.name} holds`}
      minWidth="min-w-[560px]"
      rows={runtime.models}
      rowKey={({ versionId }) => versionId}
      columns={[
        { header: "Version", className: "whitespace-nowrap", cell: ({ versionId, model, version }) => (model === null || version === null ? <code>{versionId}</code> : <TextLink href={versionHref(workspace, model, version)}>{model} v{version}</TextLink>) },
        { header: "State", cell: ({ state, reason }) => <><Status status={readinessView(state)} bare />{reason !== null && <span className="block text-fg-3">{reason}</span>}</> },
        ...(runtime.kind === "mlflow" ? [{ header: "Address", cell: ({ url }: RuntimeView["models"][number]) => <code>{url ?? "none"}</code> }] : []),
        { header: "Last asked", quiet: true, cell: ({ probedAt }) => (probedAt === null ? "not yet" : <Time value={probedAt} />) },
      ]}
    />
  );
}
