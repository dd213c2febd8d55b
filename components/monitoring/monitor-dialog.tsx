"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { RadioCards } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input, Select } from "@/components/ui/input";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { kindWords, monitorKinds, type MonitorView } from "@/lib/monitoring";
import { secondsText } from "./chart-data";
import { draftOf, emptyDraft, type MonitorFormDraft, problemsOf, toBody } from "./monitor-form";
import { createMonitor, monitoringKeys, type Target, updateMonitor } from "./queries";

const lengths = [10, 30, 60, 300, 900, 3600, 21_600, 86_400];

type MonitorDialogProps = { target: Target; monitor?: MonitorView; onClose: () => void };

/** Adds a monitor, or changes the rule of one. */
export function MonitorDialog({ target, monitor, onClose }: MonitorDialogProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<MonitorFormDraft>(monitor ? draftOf(monitor) : emptyDraft("drift"));
  const set = (patch: Partial<MonitorFormDraft>) => setDraft({ ...draft, ...patch });
  const form = useSubmit({
    complaints: problemsOf(draft),
    send: async () => {
      const body = toBody(draft);
      const { name, params, minRows, violationsToOpen, windowsLookedAt } = body;
      const saved = monitor ? await updateMonitor(target.workspace, monitor.id, { name, params, minRows, violationsToOpen, windowsLookedAt }) : await createMonitor(target, body);
      await queries.invalidateQueries({ queryKey: monitoringKeys.all(target.workspace) });
      notify.done(monitor ? `${saved.name} is changed` : `${saved.name} watches ${target.endpoint} now`);
      onClose();
    },
  });
  const { errorOf } = form;
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      size="md"
      title={monitor ? `Change ${monitor.name}` : `Add a monitor to ${target.endpoint}`}
      description="It judges the stable version in each window, a few seconds after the window closed."
      submitLabel={monitor ? "Save the rule" : "Add the monitor"}
      pendingLabel="Saving…"
      failureTitle="Not saved."
    >
      {!monitor && <RadioCards legend="What it watches" value={draft.kind} onChange={(kind) => setDraft(emptyDraft(kind))} options={monitorKinds.map((kind) => ({ value: kind, label: kindWords[kind].title, hint: kindWords[kind].hint }))} />}
      <Field label="Name" required error={errorOf("name")}><Input value={draft.name} onChange={(event) => set({ name: event.target.value })} /></Field>
      <RuleFields draft={draft} set={set} errorOf={errorOf} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Window" hint={monitor ? "The length of a monitor's windows stays." : "Its results are cut by it."}>
          <Select value={String(draft.windowSeconds)} disabled={monitor !== undefined} onChange={(event) => set({ windowSeconds: Number(event.target.value) })} options={[...new Set([...lengths, draft.windowSeconds])].sort((a, b) => a - b).map((seconds) => ({ value: String(seconds), label: secondsText(seconds) }))} />
        </Field>
        <Field label={draft.kind === "performance" ? "Labelled predictions, at least" : "Rows, at least"} hint="A window with fewer says “too few”." error={errorOf("minRows")}><Input inputMode="numeric" value={draft.minRows} onChange={(event) => set({ minRows: event.target.value })} /></Field>
        <Field label="Opens after" hint="windows beyond the limit" error={errorOf("violationsToOpen")}><Input inputMode="numeric" value={draft.violationsToOpen} onChange={(event) => set({ violationsToOpen: event.target.value })} /></Field>
        <Field label="Of the last" hint="judged windows" error={errorOf("windowsLookedAt")}><Input inputMode="numeric" value={draft.windowsLookedAt} onChange={(event) => set({ windowsLookedAt: event.target.value })} /></Field>
      </div>
    </FormDialog>
  );
}

type RuleFieldsProps = { draft: MonitorFormDraft; set: (patch: Partial<MonitorFormDraft>) => void; errorOf: (key: keyof MonitorFormDraft) => string | undefined };

function RuleFields({ draft, set, errorOf }: RuleFieldsProps) {
  const limit = (label: string, hint: string) => <Field label={label} hint={hint} error={errorOf("limit")}><Input inputMode="decimal" value={draft.limit} onChange={(event) => set({ limit: event.target.value })} /></Field>;
  if (draft.kind === "performance") return limit("Critical below, %", "Accuracy whose whole 95 % interval lies below this line.");
  if (draft.kind === "error_rate") return limit("Critical above, %", "Share of failed requests whose whole 95 % interval lies above this line.");
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Measure" hint="On the bins of the reference.">
        <Select value={draft.measure} onChange={(event) => set({ measure: event.target.value === "js_distance" ? "js_distance" : "psi" })} options={[{ value: "psi", label: "PSI, add-half" }, { value: "js_distance", label: "Jensen–Shannon distance" }]} />
      </Field>
      {limit("Limit", "And the chi-square test must say so too, adjusted for the number of features.")}
    </div>
  );
}
