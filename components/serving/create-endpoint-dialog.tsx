"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useMemo, useState } from "react";
import { useShell } from "@/components/shell/context";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem, newIdempotencyKey } from "@/lib/http/api-client";
import { EndpointFields, problemsOf, type SettingsDraft, settingsOf } from "./endpoint-fields";
import { kindWord } from "./present";
import { createEndpoint, endpointHref, fetchModelNames, fetchRuntimes, servingKeys } from "./queries";

export type CreateEndpointDialogProps = { workspace: string; environment: string; open: boolean; onOpenChange: (open: boolean) => void };

/** Creates an endpoint without traffic and opens its page, where its first version is released. */
export function CreateEndpointDialog(props: CreateEndpointDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

const nameRule = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;

function OpenDialog({ workspace, environment: proposed, onOpenChange }: CreateEndpointDialogProps) {
  const formId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const { environments } = useShell();
  const models = useQuery({ queryKey: servingKeys.models(workspace), queryFn: ({ signal }) => fetchModelNames(workspace, signal), staleTime: 0 }); // a model registered a moment ago is offered
  const [name, setName] = useState("");
  const [environment, setEnvironment] = useState(proposed);
  const runtimes = useQuery({ queryKey: servingKeys.runtimes(workspace), queryFn: ({ signal }) => fetchRuntimes(workspace, signal), staleTime: 0 });
  const [model, setModel] = useState("");
  const [runtime, setRuntime] = useState("onnx");
  const [settings, setSettings] = useState<SettingsDraft>({ description: "", championAlias: "champion", isAnonymous: false, timeoutMs: "10000" });
  const [isTried, setTried] = useState(false);
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const chosen = model || (models.data?.[0] ?? "");
  const key = useMemo(newIdempotencyKey, [name, environment, chosen, runtime, settings]);
  const nameProblem = nameRule.test(name) ? undefined : "1 to 63 of a–z, 0–9, dot, dash and underscore; it starts and ends with a letter or digit.";
  const problems = problemsOf(settings);

  const submit = async () => {
    setTried(true);
    setFailure(undefined);
    if (nameProblem !== undefined || chosen === "" || Object.keys(problems).length > 0 || isPending) return;
    setPending(true);
    try {
      const { description, ...rest } = settingsOf(settings);
      const created = await createEndpoint(workspace, { name, environment, model: chosen, runtime, ...rest, ...(description === null ? {} : { description }) }, key);
      await queries.invalidateQueries({ queryKey: servingKeys.all(workspace) });
      router.push(endpointHref(workspace, created.name, created.environment));
    } catch (error) {
      setFailure(error);
      setPending(false);
    }
  };
  const reasonFor = (field: string) => (isApiProblem(failure) ? failure.reasonFor(field) : undefined);

  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      dismissible={!isPending}
      size="md"
      title="Create an endpoint"
      description="A stable address for one model. It answers once a version is released to it."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={isPending} pendingLabel="Creating…">Create endpoint</Button>
        </>
      }
    >
      <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Field label="Name" required error={isTried ? (nameProblem ?? reasonFor("name")) : undefined} hint="Part of the address that callers use; it can't be changed.">
          <Input mono value={name} onChange={(event) => setName(event.target.value)} placeholder="digits" autoComplete="off" spellCheck={false} />
        </Field>
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <Field label="Environment" required error={reasonFor("environment")}>
            <Select value={environment} onChange={(event) => setEnvironment(event.target.value)} options={environments.map(({ slug, name: word, production }) => ({ value: slug, label: production ? `${word}, serves real callers` : word }))} />
          </Field>
          <Field label="Model" required error={isTried && chosen === "" ? "Choose a model." : reasonFor("model")} hint="Only versions of this model may be released to it.">
            <Select value={chosen} onChange={(event) => setModel(event.target.value)} options={(models.data ?? []).map((word) => ({ value: word, label: word }))} />
          </Field>
        </div>
        <Field label="Runtime" required error={reasonFor("runtime")} hint={runtime === "onnx" ? "Loads ONNX versions by itself." : "You start a server for each version and give its address on the version's page."}>
          <Select value={runtime} onChange={(event) => setRuntime(event.target.value)} options={(runtimes.data ?? [{ name: "onnx", kind: "onnx" }]).map(({ name: word, kind }) => ({ value: word, label: `${word}, ${kindWord(kind)}` }))} />
        </Field>
        {models.error && <Notice tone="crit" title="The models could not be read.">{messageOf(models.error)}</Notice>}
        {models.data?.length === 0 && <Notice tone="warn" title="No model is registered.">Register one under Models, then come back.</Notice>}
        <EndpointFields draft={settings} onChange={setSettings} problems={isTried ? problems : {}} />
        {failure !== undefined && <Notice tone="crit" live title="Not created.">{messageOf(failure)}</Notice>}
      </form>
    </Dialog>
  );
}
