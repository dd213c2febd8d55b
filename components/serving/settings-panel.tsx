"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Stack } from "@/components/patterns/page-header";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import type { EndpointView } from "@/lib/serving";
import { EndpointFields, problemsOf, type SettingsDraft, settingsOf } from "./endpoint-fields";
import { trafficText } from "./present";
import { deleteEndpoint, endpointsHref, servingKeys, updateEndpoint } from "./queries";

const draftOf = ({ description, championAlias, isAnonymous, timeoutMs }: EndpointView): SettingsDraft => ({ description: description ?? "", championAlias: championAlias ?? "", isAnonymous, timeoutMs: String(timeoutMs) });

type SettingsPanelProps = {
  workspace: string;
  endpoint: EndpointView;
  /** Why the reader can't change it; undefined where they can. */
  blocked: string | undefined;
  hasActiveRollout: boolean;
};

/** What may change later, and the end of the endpoint. */
export function SettingsPanel({ workspace, endpoint, blocked, hasActiveRollout }: SettingsPanelProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(endpoint));
  const form = useSubmit({
    complaints: problemsOf(draft),
    send: async () => {
      const next = await updateEndpoint(workspace, endpoint.id, settingsOf(draft));
      queries.setQueryData(servingKeys.one(workspace, endpoint.id), next);
      setDraft(draftOf(next));
      notify.done(`Settings of ${endpoint.name} saved`);
    },
  });
  return (
    <Stack className="max-w-[760px]">
      <Panel aria-label="Settings">
        <PanelHeader title="Settings" note="gateways follow within a second" />
        <form {...form.formProps}>
          <PanelBody className="grid gap-3">
            {blocked !== undefined && <Notice tone="idle" icon="lock" title="You can read these, not change them.">{blocked}</Notice>}
            <EndpointFields draft={draft} onChange={setDraft} errorOf={form.errorOf} disabled={blocked !== undefined} />
            <FailureNotice title="Not saved." failure={form.failure} />
          </PanelBody>
          {blocked === undefined && (
            <PanelFooter className="items-center">
              <span>{isChanged ? "Not saved yet." : "Everything is saved."}</span>
              <span className="flex gap-1.5">
                {isChanged && <Button size="sm" onClick={() => setDraft(draftOf(endpoint))}>Undo</Button>}
                <Button size="sm" type="submit" disabled={!isChanged} pending={form.isPending} pendingLabel="Saving…">Save settings</Button>
              </span>
            </PanelFooter>
          )}
        </form>
      </Panel>
      <DeletePanel workspace={workspace} endpoint={endpoint} blocked={blocked ?? (hasActiveRollout ? "A rollout is under way. Roll it back or let it end, then delete." : undefined)} />
    </Stack>
  );
}

function DeletePanel({ workspace, endpoint, blocked }: { workspace: string; endpoint: EndpointView; blocked: string | undefined }) {
  const router = useRouter();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel aria-label="Delete">
      <PanelHeader title="Delete this endpoint" />
      <PanelBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-fg-2">{blocked === undefined ? "Its address stops answering. Its record and its logged calls stay." : `Blocked: ${blocked}`}</p>
        <Button variant="danger-text" icon="trash" disabled={blocked !== undefined} onClick={() => setOpen(true)}>Delete {endpoint.name}…</Button>
      </PanelBody>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        question={`Delete ${endpoint.name} in ${endpoint.environment}?`}
        now={trafficText(endpoint)}
        after="callers get 404"
        afterIn="in about a second"
        reaches={`Everybody who calls ${endpoint.url}`}
        wayBack="Create an endpoint of the same name and release a version to it."
        reason={{ placeholder: "Why is it not needed any more?" }}
        typeToConfirm={endpoint.name}
        environment={{ name: endpoint.environment, production: endpoint.isProduction }}
        confirmLabel={`Delete ${endpoint.name}`}
        pendingLabel="Deleting…"
        cancelLabel="Keep it"
        onConfirm={async (reason) => {
          await deleteEndpoint(workspace, endpoint.id, reason);
          notify.done(`${endpoint.name} was deleted`);
          router.push(endpointsHref(workspace, endpoint.environment));
          await queries.invalidateQueries({ queryKey: [...servingKeys.all(workspace), "list"] });
        }}
      />
    </Panel>
  );
}
