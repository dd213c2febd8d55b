"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { RadioCards } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useSubmit } from "@/components/ui/use-submit";
import { api, apiPath, newIdempotencyKey, type Page } from "@/lib/http/api-client";
import type { VersionSummary } from "@/lib/registry";
import { defaultPlan, RolloutPlan, type RolloutStrategy } from "@/lib/rollouts";
import { fromDraft, strategyWords, toDraft } from "./plan-form";
import { PlanFields } from "./plan-fields";
import { previewRollout, rolloutHref, rolloutKeys, startRollout } from "./queries";
import { RolloutPreviewNotices } from "./rollout-preview";

export type StartRolloutDialogProps = {
  workspace: string;
  endpoint: string;
  environment: string;
  isProduction: boolean;
  model: string;
  /** Number of the version that serves now, if any. */
  stable: number | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

type Strategy = Exclude<RolloutStrategy, "rollback">;

/** Starts a rollout: version, strategy, and the plan with every limit in view. */
export function StartRolloutDialog(props: StartRolloutDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ workspace, endpoint, environment, isProduction, model, stable, onOpenChange }: StartRolloutDialogProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const { data: versions, error: listError } = useQuery({
    queryKey: ["registry", workspace, "releasable", model],
    queryFn: async ({ signal }) => (await api.get<Page<VersionSummary>>(apiPath(workspace, "models", model, "versions"), { query: { limit: "100" }, signal })).items.filter((version) => version.number !== stable && version.status === "ready"),
    staleTime: 0, // a version registered a moment ago is offered
  });
  const [version, setVersion] = useState<string>("");
  const [strategy, setStrategy] = useState<Strategy>(stable === null ? "all_at_once" : "canary");
  const [draft, setDraft] = useState(() => toDraft(defaultPlan(strategy)));
  const [comment, setComment] = useState("");
  const key = useMemo(newIdempotencyKey, [version, strategy, draft, comment]);
  const chosen = version || String(versions?.[0]?.number ?? "");

  const { data: preview } = useQuery({ queryKey: rolloutKeys.preview(workspace, endpoint, environment, chosen), queryFn: ({ signal }) => previewRollout(workspace, { endpoint, environment, version: chosen }, signal), enabled: chosen !== "", staleTime: 0 });

  const choose = (next: Strategy) => {
    setStrategy(next);
    setDraft(toDraft(defaultPlan(next)));
  };
  const parsed = RolloutPlan.safeParse(fromDraft(draft, defaultPlan(strategy)));
  const form = useSubmit({
    complaints: { plan: parsed.success ? undefined : parsed.error.issues.map((issue) => `${issue.path.join(" ")}: ${issue.message}`).join("; ") },
    leaves: true,
    send: async () => {
      if (!parsed.success) return;
      const rollout = await startRollout(workspace, { endpoint, environment, version: Number(chosen), strategy, plan: parsed.data, ...(comment.trim() ? { comment: comment.trim() } : {}) }, key);
      await queries.invalidateQueries({ queryKey: rolloutKeys.all(workspace) });
      router.push(rolloutHref(workspace, rollout.id));
    },
  });
  const planProblem = form.errorOf("plan");

  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      dismissible={!form.isPending}
      size="lg"
      title={`Release a version to ${endpoint}`}
      description={`${environment}${isProduction ? ", which serves real callers" : ""}. Now: ${stable === null ? "no version" : `v${stable} at 100 %`}.`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)} disabled={form.isPending}>Cancel</Button>
          <Button variant="primary" disabled={chosen === ""} pending={form.isPending} pendingLabel="Starting…" onClick={form.submit}>{chosen === "" ? "Start" : `Release v${chosen}`}</Button>
        </>
      }
    >
      <div className="grid gap-3.5">
        <FailureNotice title="The versions could not be read." failure={listError} />
        {versions?.length === 0 && <Notice tone="warn" title={`No other version of ${model} is ready.`}>Register one, and have it inspected; production asks for an approval as well.</Notice>}
        <Field label="Version" hint="Versions that passed their inspection; the environment's policy is checked when it starts">
          <Select value={chosen} onChange={(event) => setVersion(event.target.value)} options={(versions ?? []).map((item) => ({ value: String(item.number), label: `v${item.number}${item.aliases.length > 0 ? ` @${item.aliases.join(" @")}` : ""}${item.description ? `, ${item.description.slice(0, 60)}` : ""}` }))} />
        </Field>
        {preview && <RolloutPreviewNotices preview={preview} workspace={workspace} model={model} />}
        <RadioCards
          legend="Strategy"
          value={strategy}
          onChange={(next) => choose(next)}
          options={(Object.keys(strategyWords) as Strategy[]).map((name) => ({ value: name, ...strategyWords[name], disabled: stable === null && (name === "canary" || name === "shadow") }))}
        />
        <PlanFields strategy={strategy} draft={draft} onChange={setDraft} />
        <Field label="Comment" optional><Textarea rows={2} value={comment} onChange={(event) => setComment(event.target.value)} placeholder="Why this release, why now" /></Field>
        {planProblem !== undefined && <Notice tone="crit" title="Not started." live>{planProblem}</Notice>}
        <FailureNotice title="Not started." failure={form.failure} />
      </div>
    </Dialog>
  );
}
