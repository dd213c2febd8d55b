"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { pollMs } from "@/components/patterns/polling";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { Chip, Status } from "@/components/ui/chip";
import { CodeBlock } from "@/components/ui/copy-button";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { useSubmit } from "@/components/ui/use-submit";
import { useWork } from "@/components/ui/use-work";
import type { RuntimeFit, VersionServing } from "@/lib/serving";
import { kindWord, readinessView } from "./present";
import { deleteModelServer, fetchVersionServing, servingKeys, setModelServer } from "./queries";

export type ServeItTarget = { workspace: string; model: string; number: number; /** Why the reader can't name servers; undefined where they can. */ blocked: string | undefined };

/** Which runtimes can serve this version and why, and how to start a server where one is needed. */
export function ServeItPanel({ initial, ...target }: ServeItTarget & { initial: VersionServing }) {
  const { workspace, model, number } = target;
  const key = servingKeys.version(workspace, model, number);
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: ({ signal }) => fetchVersionServing(workspace, model, number, signal), initialData: initial, refetchInterval: pollMs.inFlight });
  const canAny = data.runtimes.some(({ canServe }) => canServe);
  return (
    <Panel aria-label="Serve it">
      <PanelHeader title="Serve it" note={canAny ? undefined : "no runtime can"} />
      {error && <ErrorState error={error} what="the runtimes" onRetry={() => void refetch()} compact />}
      <ul>
        {data.runtimes.map((fit) => <li key={fit.runtime} className="border-b border-line px-3.5 py-2.5 last:border-b-0"><Fit fit={fit} serving={data} {...target} /></li>)}
      </ul>
      {!canAny && data.convertCommand === null && <PanelBody className="border-t border-line text-sm text-fg-2">Register an ONNX export, or log the model with MLflow so that a scoring server can load it.</PanelBody>}
      {data.convertCommand !== null && (
        <PanelBody className="grid gap-2 border-t border-line">
          <p className="text-sm text-fg-2">Or convert it to ONNX, once, where the model's own packages are installed: the bundled runtime then serves it, and loading it runs no code.</p>
          <CodeBlock label="conversion to ONNX" code={data.convertCommand} />
        </PanelBody>
      )}
    </Panel>
  );
}

function Fit({ fit, serving, ...target }: { fit: RuntimeFit; serving: VersionServing } & ServeItTarget) {
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <b className="font-medium">{kindWord(fit.kind)}</b> <span className="text-sm text-fg-3">{fit.runtime}</span>
        <span className="flex-1" />
        {fit.canServe ? (fit.state === null ? <Chip tone="ok" icon="okc" bare>Can serve it</Chip> : <Status status={readinessView(fit.state)} />) : <Chip tone="idle" icon="minusc" bare>Can't serve it</Chip>}
      </div>
      <p className="text-sm text-fg-2">{fit.reason} {fit.remedy}</p>
      {fit.stateReason !== null && <Notice tone={fit.state === "UNAVAILABLE" ? "crit" : "info"}>{fit.stateReason}</Notice>}
      {fit.state === "READY" && <p className="text-sm text-fg-3">{fit.verified}{fit.probedAt !== null && <> Asked <Time value={fit.probedAt} />.</>}</p>}
      {fit.canServe && fit.kind === "mlflow" && <Server fit={fit} serving={serving} {...target} />}
    </div>
  );
}

function Server({ fit, serving, workspace, model, number, blocked }: { fit: RuntimeFit; serving: VersionServing } & ServeItTarget) {
  const queries = useQueryClient();
  const [url, setUrl] = useState(fit.url ?? "");
  const refresh = () => queries.invalidateQueries({ queryKey: servingKeys.version(workspace, model, number) });
  const form = useSubmit({
    complaints: { url: url.trim() === "" ? "Give its address." : undefined },
    send: async () => {
      await setModelServer(workspace, model, number, fit.runtime, url.trim());
      await refresh();
    },
  });
  const removal = useWork();
  const remove = () => removal.run(async () => {
    await deleteModelServer(workspace, model, number, fit.runtime);
    setUrl("");
    await refresh();
  });
  return (
    <div className="grid gap-2">
      {fit.url === null && serving.serveCommand !== null && (
        <>
          <p className="text-sm text-fg-2">A scoring server holds one version. Start one where the gateway reaches it; it fetches the model from here with a token that may read models and artifacts (<TextLink href={`/w/${encodeURIComponent(workspace)}/settings/tokens`}>create one</TextLink>).</p>
          <CodeBlock label="command that starts the server" code={serving.serveCommand} />
        </>
      )}
      <form className="grid items-end gap-2 sm:grid-cols-[minmax(0,1fr)_auto]" {...form.formProps}>
        <Field label="Address of its server" error={form.errorOf("url")} hint={blocked}>
          <Input mono value={url} onChange={(event) => setUrl(event.target.value)} placeholder="http://127.0.0.1:5001" autoComplete="off" spellCheck={false} disabled={blocked !== undefined} />
        </Field>
        <span className="flex gap-1.5">
          <Button type="submit" disabled={blocked !== undefined || url.trim() === "" || url.trim() === fit.url} pending={form.isPending} pendingLabel="Saving…">{fit.url === null ? "Register" : "Change"}</Button>
          {fit.url !== null && <Button variant="danger-text" disabled={blocked !== undefined} pending={removal.isPending} pendingLabel="Removing…" onClick={() => void remove()}>Remove</Button>}
        </span>
      </form>
      <FailureNotice title="Not saved." failure={form.failure} />
      <FailureNotice title="Not removed." failure={removal.failure} />
    </div>
  );
}
