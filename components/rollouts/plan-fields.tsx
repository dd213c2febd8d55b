"use client";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { formatDuration } from "@/components/ui/format-time";
import { guardrailWords, newStep, type PlanDraft, shortestSeconds, type StepDraft } from "./plan-form";

type Props = { strategy: string; draft: PlanDraft; onChange: (draft: PlanDraft) => void };

const stepTitle = { shadow: "Shadow", canary: "Canary", gate: "Gate: a person lets it pass" };

/** Steps, guardrails and ends of a plan. */
export function PlanFields({ strategy, draft, onChange }: Props) {
  const hasSteps = strategy === "canary" || strategy === "shadow";
  const setStep = (key: number, patch: Partial<StepDraft>) => onChange({ ...draft, steps: draft.steps.map((step) => (step.key === key ? { ...step, ...patch } : step)) });
  const remove = (key: number) => onChange({ ...draft, steps: draft.steps.filter((step) => step.key !== key) });
  const add = (kind: StepDraft["kind"]) => onChange({ ...draft, steps: [...draft.steps, newStep(kind)] });
  return (
    <>
      {hasSteps && (
        <fieldset className="grid gap-2">
          <legend className="mb-1 text-sm font-medium text-fg-2">Steps, at least {formatDuration(shortestSeconds(draft) * 1000)} in all</legend>
          {draft.steps.map((step, index) => <StepFields key={step.key} step={step} index={index} onChange={(patch) => setStep(step.key, patch)} onRemove={() => remove(step.key)} />)}
          <div className="flex flex-wrap gap-1.5">
            <Button size="sm" icon="plus" onClick={() => add("shadow")}>Shadow step</Button>
            {strategy === "canary" && <Button size="sm" icon="plus" onClick={() => add("canary")}>Canary step</Button>}
            {strategy === "canary" && <Button size="sm" icon="plus" onClick={() => add("gate")}>Gate</Button>}
          </div>
        </fieldset>
      )}
      {hasSteps && (
        <fieldset className="grid gap-1.5">
          <legend className="mb-1 text-sm font-medium text-fg-2">Guardrails, against the stable version</legend>
          {draft.guardrails.map((guardrail) => {
            const set = (patch: Partial<typeof guardrail>) => onChange({ ...draft, guardrails: draft.guardrails.map((other) => (other.metric === guardrail.metric ? { ...other, ...patch } : other)) });
            const words = guardrailWords[guardrail.metric];
            return (
              <div key={guardrail.metric} className="grid grid-cols-[1fr_84px_auto] items-center gap-2">
                <Checkbox label={words.title} checked={guardrail.isOn} onChange={(event) => set({ isOn: event.target.checked })} />
                <Input aria-label={`${words.title}, ${words.unit}`} inputMode="decimal" value={guardrail.margin} disabled={!guardrail.isOn} onChange={(event) => set({ margin: event.target.value })} />
                <span className="text-sm text-fg-3">{words.unit}</span>
              </div>
            );
          })}
        </fieldset>
      )}
      {strategy !== "shadow" && (
        <div className="grid gap-2.5 sm:grid-cols-2">
          <Field label="Watch after promotion, seconds"><Input inputMode="numeric" value={draft.postBakeSeconds} onChange={(event) => onChange({ ...draft, postBakeSeconds: event.target.value })} /></Field>
          <Field label="Keep the former version warm, seconds"><Input inputMode="numeric" value={draft.warmSeconds} onChange={(event) => onChange({ ...draft, warmSeconds: event.target.value })} /></Field>
        </div>
      )}
    </>
  );
}

function StepFields({ step, index, onChange, onRemove }: { step: StepDraft; index: number; onChange: (patch: Partial<StepDraft>) => void; onRemove: () => void }) {
  const name = `Step ${index + 1}`;
  return (
    <div className="rounded-control border border-line p-2.5" role="group" aria-label={`${name}: ${stepTitle[step.kind]}`}>
      <div className="flex items-center justify-between"><b className="font-medium">{name}. {stepTitle[step.kind]}</b><Button size="sm" variant="ghost" iconOnly icon="trash" aria-label={`Remove ${name}`} onClick={onRemove} /></div>
      {step.kind !== "gate" && (
        <div className="mt-2 grid grid-cols-2 gap-2 sm:grid-cols-5">
          <Field label={step.kind === "shadow" ? "Mirror, %" : "Weight, %"}><Input inputMode="decimal" value={step.share} onChange={(event) => onChange({ share: event.target.value })} /></Field>
          <Field label={step.kind === "shadow" ? "Pairs" : "Requests each"}><Input inputMode="numeric" value={step.needed} onChange={(event) => onChange({ needed: event.target.value })} /></Field>
          <Field label="Bake, s"><Input inputMode="numeric" value={step.bakeSeconds} onChange={(event) => onChange({ bakeSeconds: event.target.value })} /></Field>
          <Field label="Deadline, s"><Input inputMode="numeric" value={step.deadlineSeconds} onChange={(event) => onChange({ deadlineSeconds: event.target.value })} /></Field>
          <Field label="If undecided"><Select value={step.onUndecided} onChange={(event) => onChange({ onUndecided: event.target.value as StepDraft["onUndecided"] })} options={[{ value: "hold", label: "Hold" }, { value: "advance", label: "Go on" }, { value: "roll_back", label: "Roll back" }]} /></Field>
        </div>
      )}
    </div>
  );
}
