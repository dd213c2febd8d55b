"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useId, useMemo, useState } from "react";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { versionHref } from "@/components/registry/queries";
import { RadioCards } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Textarea } from "@/components/ui/input";
import { SkeletonText } from "@/components/ui/skeleton";
import { useSubmit } from "@/components/ui/use-submit";
import { api, apiPath, isApiProblem, newIdempotencyKey, type Page } from "@/lib/http/api-client";
import { findModelNameProblem, type Model, type Version } from "@/lib/registry";
import type { LoggedModelView, RegisterRun } from "@/lib/tracking";
import { fetchFiles, fetchRun, trackingKeys } from "../queries";

export type RegisterRunDialogProps = { workspace: string; runId: string; runName: string; /** Chosen at first. */ modelId?: string | undefined; open: boolean; onOpenChange: (open: boolean) => void };

/** What of a run can be registered: a logged model, or a folder of its artifacts. */
type Source = { value: string; label: string; hint: string };

/** Registers what a run made as a version of a model, and goes to its page. */
export function RegisterRunDialog({ workspace, runId, runName, modelId, open, onOpenChange }: RegisterRunDialogProps) {
  const listId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [source, setSource] = useState<string | undefined>(undefined);
  const [description, setDescription] = useState("");
  const sources = useQuery({ queryKey: [...trackingKeys.run(workspace, runId), "sources"], queryFn: ({ signal }) => readSources(workspace, runId, signal), enabled: open, staleTime: 10_000 });
  const models = useQuery({ queryKey: ["registry", workspace, "models", "names", name], queryFn: ({ signal }) => api.get<Page<Model>>(apiPath(workspace, "models"), { query: { q: name.trim(), limit: 20 }, signal }), enabled: open, placeholderData: (before) => before });
  const chosen = source ?? (modelId === undefined ? sources.data?.[0]?.value : `model:${modelId}`);
  const known = models.data?.items.find((model) => model.name === name.trim());

  const key = useMemo(newIdempotencyKey, [open, name, chosen, description]);
  const nameProblem = findModelNameProblem(name.trim());
  const form = useSubmit({
    complaints: {
      name: nameProblem && `This name can't be used: ${nameProblem}.`,
      source: chosen === undefined ? "Choose what to register." : undefined,
    },
    reasonFor: (problem, field) => (field === "name" ? (problem.reasonFor("name") ?? problem.reasonFor("model")) : undefined),
    send: async () => {
      if (chosen === undefined) return;
      const body: RegisterRun = { model: name.trim(), ...(chosen.startsWith("model:") ? { loggedModelId: chosen.slice(6) } : { path: chosen.slice(5) }), ...(description.trim() === "" ? {} : { description: description.trim() }) };
      const version = await api.post<Version>(apiPath(workspace, "runs", runId, "register"), body, { idempotencyKey: key });
      await queries.invalidateQueries({ queryKey: ["registry", workspace] });
      await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
      onOpenChange(false);
      router.push(versionHref(workspace, version.model, version.number));
    },
  });
  const { reset } = form;
  useEffect(() => {
    if (!open) return;
    setName("");
    setSource(undefined);
    setDescription("");
    reset();
  }, [open, modelId, reset]);

  const isEmpty = sources.data?.length === 0 && modelId === undefined;
  return (
    <FormDialog
      form={form}
      open={open}
      onClose={() => onOpenChange(false)}
      size="md"
      title={`Register a model from ${runName}`}
      description="The files are frozen and inspected without being run. Nothing is deployed."
      submitLabel={known ? `Register as v${known.versionCount + 1}` : "Register"}
      pendingLabel="Registering…"
      failureTitle="Not registered."
      blocked={sources.data === undefined || isEmpty}
    >
      {sources.error !== null ? <ErrorState compact error={sources.error} what="the run's files" onRetry={() => void sources.refetch()} />
      : sources.data === undefined ? <SkeletonText lines={4} />
      : isEmpty ? <EmptyState kind="never" icon="cube" title="This run logged no model" code={{ code: `mlflow.sklearn.log_model(model, name="model")`, label: "Log a model" }} />
      : (
        <>
          <RadioCards legend="What" value={chosen} onChange={setSource} options={sources.data} error={form.errorOf("source")} />
          <Field label="Model" required error={form.errorOf("name")} hint={known ? `${known.name} exists: this becomes its version ${known.versionCount + 1}.` : name.trim() === "" ? "A model that exists, or a new name." : models.data ? "A new model of this name is made." : "…"}>
            <Input value={name} onChange={(event) => setName(event.target.value)} list={listId} autoComplete="off" placeholder="credit-pd" maxLength={250} />
          </Field>
          <datalist id={listId}>{models.data?.items.map((model) => <option key={model.id} value={model.name} />)}</datalist>
          <Field label="Description" optional><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} /></Field>
        </>
      )}
    </FormDialog>
  );
}

const fromModel = ({ modelId, name, status, modelType }: LoggedModelView): Source => ({ value: `model:${modelId}`, label: name, hint: `logged model ${modelId.slice(0, 12)}…${modelType === "" ? "" : `, ${modelType}`}${status === "READY" ? "" : `, ${status.toLowerCase().replaceAll("_", " ")}`}` });

/** Logged models first; then the folders of the run's artifacts that hold an MLmodel file. */
const readSources = async (workspace: string, runId: string, signal: AbortSignal): Promise<Source[]> => {
  const run = await fetchRun(workspace, runId, signal);
  const root = await fetchFiles(workspace, { kind: "run", id: runId }, { path: "", limit: 200 }, signal).catch((error: unknown) => {
    // Artifacts that are kept elsewhere can't be listed; the logged models still can be registered.
    if (isApiProblem(error) && error.code === "artifact.elsewhere") return { items: [], nextCursor: null };
    throw error;
  });
  const folders = root.items.filter(({ isFolder }) => isFolder).slice(0, 12);
  const inside = await Promise.all(folders.map(({ path }) => fetchFiles(workspace, { kind: "run", id: runId }, { path, limit: 200 }, signal)));
  const holding = folders.filter((_, index) => inside[index]?.items.some(({ path }) => /(^|\/)(MLmodel|[^/]+\.onnx)$/.test(path)));
  return [...run.models.map(fromModel), ...holding.map(({ path }) => ({ value: `path:${path}`, label: path, hint: "folder of the run's artifacts" }))];
};
