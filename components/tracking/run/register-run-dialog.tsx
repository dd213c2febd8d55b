"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useId, useState } from "react";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { RadioCards } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { SkeletonText } from "@/components/ui/skeleton";
import { messageOf } from "@/lib/core/errors";
import { api, apiPath, isApiProblem, newIdempotencyKey, type Page } from "@/lib/http/api-client";
import { findModelNameProblem, type Model, type Version } from "@/lib/registry";
import type { LoggedModelView, RegisterRun } from "@/lib/tracking";
import { fetchFiles, fetchRun, trackingKeys } from "../queries";

export type RegisterRunDialogProps = { workspace: string; runId: string; runName: string; /** Chosen at first. */ modelId?: string | undefined; open: boolean; onOpenChange: (open: boolean) => void };

/** What of a run can be registered: a logged model, or a folder of its artifacts. */
type Source = { value: string; label: string; hint: string };

/** Registers what a run made as a version of a model, and goes to its page. */
export function RegisterRunDialog({ workspace, runId, runName, modelId, open, onOpenChange }: RegisterRunDialogProps) {
  const formId = useId();
  const listId = useId();
  const router = useRouter();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [source, setSource] = useState<string | undefined>(undefined);
  const [description, setDescription] = useState("");
  const [complaint, setComplaint] = useState<{ name?: string | undefined; source?: string | undefined }>({});
  const [failure, setFailure] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const [key, setKey] = useState("");
  useEffect(() => {
    if (!open) return;
    setName("");
    setSource(undefined);
    setDescription("");
    setComplaint({});
    setFailure(undefined);
    setKey(newIdempotencyKey());
  }, [open, modelId]);

  const sources = useQuery({ queryKey: [...trackingKeys.run(workspace, runId), "sources"], queryFn: ({ signal }) => readSources(workspace, runId, signal), enabled: open, staleTime: 10_000 });
  const models = useQuery({ queryKey: ["registry", workspace, "models", "names", name], queryFn: ({ signal }) => api.get<Page<Model>>(apiPath(workspace, "models"), { query: { q: name.trim(), limit: 20 }, signal }), enabled: open, placeholderData: (before) => before });
  const chosen = source ?? (modelId === undefined ? sources.data?.[0]?.value : `model:${modelId}`);
  const known = models.data?.items.find((model) => model.name === name.trim());

  const submit = async () => {
    const problem = findModelNameProblem(name.trim());
    const found = { ...(problem && { name: `This name can't be used: ${problem}.` }), ...(chosen === undefined && { source: "Choose what to register." }) };
    setComplaint(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0 || chosen === undefined || isBusy) return;
    setBusy(true);
    try {
      const body: RegisterRun = { model: name.trim(), ...(chosen.startsWith("model:") ? { loggedModelId: chosen.slice(6) } : { path: chosen.slice(5) }), ...(description.trim() === "" ? {} : { description: description.trim() }) };
      const version = await api.post<Version>(apiPath(workspace, "runs", runId, "register"), body, { idempotencyKey: key });
      await queries.invalidateQueries({ queryKey: ["registry", workspace] });
      await queries.invalidateQueries({ queryKey: trackingKeys.all(workspace) });
      onOpenChange(false);
      router.push(`/w/${encodeURIComponent(workspace)}/models/${encodeURIComponent(version.model)}/${version.number}`);
    } catch (error) {
      const reason = isApiProblem(error) ? (error.reasonFor("name") ?? error.reasonFor("model")) : undefined;
      if (reason === undefined) setFailure(error);
      else setComplaint({ name: reason });
      setKey(newIdempotencyKey());
    } finally {
      setBusy(false);
    }
  };

  const isEmpty = sources.data?.length === 0 && modelId === undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      dismissible={!isBusy}
      size="md"
      title={`Register a model from ${runName}`}
      description="The files are frozen and inspected without being run. Nothing is deployed."
      footer={<><Button onClick={() => onOpenChange(false)}>Cancel</Button><Button type="submit" form={formId} variant="primary" disabled={isEmpty} pending={isBusy} pendingLabel="Registering…">{known ? `Register as v${known.versionCount + 1}` : "Register"}</Button></>}
    >
      {sources.error !== null ? <ErrorState compact error={sources.error} what="the run's files" onRetry={() => void sources.refetch()} />
      : sources.data === undefined ? <SkeletonText lines={4} />
      : isEmpty ? <EmptyState kind="never" icon="cube" title="This run logged no model" code={{ code: `mlflow.sklearn.log_model(model, name="model")`, label: "Log a model" }} />
      : (
        <form id={formId} noValidate className="grid gap-3" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
          <div>
            <RadioCards legend="What" value={chosen} onChange={setSource} options={sources.data} />
            {complaint.source !== undefined && <p role="alert" className="text-sm text-crit">{complaint.source}</p>}
          </div>
          <Field label="Model" required error={complaint.name} hint={known ? `${known.name} exists: this becomes its version ${known.versionCount + 1}.` : name.trim() === "" ? "A model that exists, or a new name." : models.data ? "A new model of this name is made." : "…"}>
            <Input value={name} onChange={(event) => setName(event.target.value)} list={listId} autoComplete="off" placeholder="credit-pd" maxLength={250} />
          </Field>
          <datalist id={listId}>{models.data?.items.map((model) => <option key={model.id} value={model.name} />)}</datalist>
          <Field label="Description" optional><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} /></Field>
          {failure !== undefined && <Notice tone="crit" live title="Not registered.">{messageOf(failure)}{isApiProblem(failure) && failure.requestId !== undefined && <span className="block">Request <code>{failure.requestId}</code></span>}</Notice>}
        </form>
      )}
    </Dialog>
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
