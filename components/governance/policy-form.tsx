"use client";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { type CheckDraft, checkKinds, newCheck, type PolicyDraft, stageNames } from "./policy-draft";

type PolicyFormProps = { draft: PolicyDraft; onChange: (draft: PolicyDraft) => void; problems: Record<string, string> };

/** The rules of an environment as fields. */
export function PolicyForm({ draft, onChange, problems }: PolicyFormProps) {
  const set = (change: Partial<PolicyDraft>) => onChange({ ...draft, ...change });
  return (
    <div className="grid gap-4">
      <fieldset className="grid gap-2.5">
        <legend className="pb-1.5 font-semibold">Checks</legend>
        {draft.checks.map((check, index) => (
          <CheckFields key={check.id} check={check} path={`checks.${index}`} problems={problems} onChange={(next) => set({ checks: draft.checks.map((other) => (other.id === check.id ? next : other)) })} onRemove={() => set({ checks: draft.checks.filter((other) => other.id !== check.id) })} />
        ))}
        <div><Menu align="start" trigger={<Button size="sm" icon="plus">Add a check</Button>} items={checkKinds.map(({ value, label }) => ({ label, onSelect: () => set({ checks: [...draft.checks, newCheck(value)] }) }))} /></div>
      </fieldset>
      <fieldset className="grid gap-2.5">
        <legend className="pb-1.5 font-semibold">Approvals</legend>
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <Field label="Approvals needed" required error={problems["approvals.minimum"]} hint="0: a version that passes its checks is released without a request.">
            <Input inputMode="numeric" value={draft.minimum} onChange={(event) => set({ minimum: event.target.value })} />
          </Field>
          <Field label="Groups" optional error={problems["approvals.groups"]} hint="One approval of each group: risk, engineering.">
            <Input value={draft.groups} onChange={(event) => set({ groups: event.target.value })} />
          </Field>
        </div>
        <Checkbox label="Whoever requests does not decide" checked={draft.excludeRequester} onChange={(event) => set({ excludeRequester: event.target.checked })} />
        <Checkbox label="Whoever made the version or its evidence does not decide" checked={draft.excludeContributors} onChange={(event) => set({ excludeContributors: event.target.checked })} />
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <Field label="A request expires after, days" required error={problems.requestExpiresDays}>
            <Input inputMode="numeric" value={draft.requestExpiresDays} onChange={(event) => set({ requestExpiresDays: event.target.value })} />
          </Field>
          <Field label="An approval is valid for, days" required error={problems.approvalValidDays}>
            <Input inputMode="numeric" value={draft.approvalValidDays} onChange={(event) => set({ approvalValidDays: event.target.value })} />
          </Field>
        </div>
      </fieldset>
      <fieldset className="grid gap-2.5">
        <legend className="pb-1.5 font-semibold">Protected names</legend>
        <Field label="Aliases" optional error={Object.entries(problems).find(([path]) => path.startsWith("protects.aliases"))?.[1]} hint="By comma. Only a version that may be released here can take them, from MLflow clients too. What a production endpoint names is always protected.">
          <Input mono value={draft.aliases} onChange={(event) => set({ aliases: event.target.value })} autoComplete="off" spellCheck={false} />
        </Field>
        <div role="group" aria-label="Stages" className="flex flex-wrap gap-x-5">
          {stageNames.map((stage) => <Checkbox key={stage} label={`Stage ${stage}`} checked={draft.stages.includes(stage)} onChange={(event) => set({ stages: stageNames.filter((name) => (name === stage ? event.target.checked : draft.stages.includes(name))) })} />)}
        </div>
      </fieldset>
    </div>
  );
}

type CheckFieldsProps = { check: CheckDraft; path: string; problems: Record<string, string>; onChange: (check: CheckDraft) => void; onRemove: () => void };

function CheckFields({ check, path, problems, onChange, onRemove }: CheckFieldsProps) {
  const set = (change: Partial<CheckDraft>) => onChange({ ...check, ...change });
  const kind = checkKinds.find(({ value }) => value === check.key)?.label ?? check.key;
  return (
    <div role="group" aria-label={`${kind}: ${check.title}`} className="grid gap-2.5 rounded-lg border border-line p-3">
      <div className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_auto]">
        <Field label={`${kind}, shown as`} required error={problems[`${path}.title`]}><Input value={check.title} onChange={(event) => set({ title: event.target.value })} maxLength={100} /></Field>
        <Button variant="danger-text" size="sm" icon="trash" className="sm:mt-5" onClick={onRemove} aria-label={`Remove the check ${check.title}`}>Remove</Button>
      </div>
      {check.key === "evaluation" && (
        <div className="grid items-start gap-3 sm:grid-cols-3">
          <Field label="Metric" required error={problems[`${path}.metric`]}><Input mono value={check.metric} onChange={(event) => set({ metric: event.target.value })} /></Field>
          <Field label="Rows at least" required error={problems[`${path}.minRows`]}><Input inputMode="numeric" value={check.minRows} onChange={(event) => set({ minRows: event.target.value })} /></Field>
          <Field label="Loss at most" required hint="lower bound of the difference, 0 to 1" error={problems[`${path}.maxLoss`]}><Input inputMode="decimal" value={check.maxLoss} onChange={(event) => set({ maxLoss: event.target.value })} /></Field>
        </div>
      )}
      {check.key === "model_card" && (
        <Field label="Sections that must be filled" optional error={problems[`${path}.sections`]} hint="By comma, as the document names them."><Input mono value={check.sections} onChange={(event) => set({ sections: event.target.value })} /></Field>
      )}
      {check.key === "inspection" && <Checkbox label="Models whose loading runs code may pass" hint="Python pickles, PyTorch files, custom loaders. Slipway never loads them; a scoring server does. Off: only formats that run no code, such as ONNX and skops." checked={check.allowCodeExecution} onChange={(event) => set({ allowCodeExecution: event.target.checked })} />}
      <Checkbox label="Required: it blocks the approval unless it passes" checked={check.required} onChange={(event) => set({ required: event.target.checked })} />
    </div>
  );
}
