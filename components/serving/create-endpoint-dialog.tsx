"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useShell } from "@/components/shell/context";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useSubmit } from "@/components/ui/use-submit";
import { newIdempotencyKey } from "@/lib/http/api-client";
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
  const chosen = model || (models.data?.[0] ?? "");
  const key = useMemo(newIdempotencyKey, [name, environment, chosen, runtime, settings]);
  const nameProblem = nameRule.test(name) ? undefined : "1 to 63 of a–z, 0–9, dot, dash and underscore; it starts and ends with a letter or digit.";
  const form = useSubmit({
    complaints: { name: nameProblem, model: chosen === "" ? "Choose a model." : undefined, ...problemsOf(settings) },
    fields: ["environment", "runtime"],
    leaves: true,
    send: async () => {
      const { description, ...rest } = settingsOf(settings);
      const created = await createEndpoint(workspace, { name, environment, model: chosen, runtime, ...rest, ...(description === null ? {} : { description }) }, key);
      await queries.invalidateQueries({ queryKey: servingKeys.all(workspace) });
      router.push(endpointHref(workspace, created.name, created.environment));
    },
  });

  return (
    <FormDialog
      form={form}
      onClose={() => onOpenChange(false)}
      size="md"
      title="Create an endpoint"
      description="A stable address for one model. It answers once a version is released to it."
      submitLabel="Create endpoint"
      pendingLabel="Creating…"
      failureTitle="Not created."
    >
      <Field label="Name" required error={form.errorOf("name")} hint="Part of the address that callers use; it can't be changed.">
        <Input mono value={name} onChange={(event) => setName(event.target.value)} placeholder="digits" autoComplete="off" spellCheck={false} />
      </Field>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field label="Environment" required error={form.errorOf("environment")}>
          <Select value={environment} onChange={(event) => setEnvironment(event.target.value)} options={environments.map(({ slug, name: word, production }) => ({ value: slug, label: production ? `${word}, serves real callers` : word }))} />
        </Field>
        <Field label="Model" required error={form.errorOf("model")} hint="Only versions of this model may be released to it.">
          <Select value={chosen} onChange={(event) => setModel(event.target.value)} options={(models.data ?? []).map((word) => ({ value: word, label: word }))} />
        </Field>
      </div>
      <Field label="Runtime" required error={form.errorOf("runtime")} hint={runtime === "onnx" ? "Loads ONNX versions by itself." : "You start a server for each version and give its address on the version's page."}>
        <Select value={runtime} onChange={(event) => setRuntime(event.target.value)} options={(runtimes.data ?? [{ name: "onnx", kind: "onnx" }]).map(({ name: word, kind }) => ({ value: word, label: `${word}, ${kindWord(kind)}` }))} />
      </Field>
      <FailureNotice title="The models could not be read." failure={models.error} />
      {models.data?.length === 0 && <Notice tone="warn" title="No model is registered.">Register one under Models, then come back.</Notice>}
      <EndpointFields draft={settings} onChange={setSettings} errorOf={form.errorOf} />
    </FormDialog>
  );
}
