"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";

/** Settings that creation and editing share, as they are typed. */
export type SettingsDraft = { description: string; championAlias: string; isAnonymous: boolean; timeoutMs: string };

type SettingsProblems = Partial<Record<keyof SettingsDraft, string>>;

/** What is wrong with the draft, by field. */
export const problemsOf = ({ championAlias, timeoutMs }: SettingsDraft): SettingsProblems => {
  const time = Number(timeoutMs);
  return {
    ...(championAlias !== "" && !/^[\w-]{1,255}$/.test(championAlias) && { championAlias: "Letters, digits, dash and underscore only." }),
    ...((!Number.isInteger(time) || time < 50 || time > 120_000) && { timeoutMs: "A whole number from 50 to 120 000." }),
  };
};

export const settingsOf = ({ description, championAlias, isAnonymous, timeoutMs }: SettingsDraft) => ({
  description: description.trim() === "" ? null : description.trim(),
  championAlias: championAlias.trim() === "" ? null : championAlias.trim(),
  isAnonymous,
  timeoutMs: Number(timeoutMs),
});

/** Fields of an endpoint that may change later. */
export function EndpointFields({ draft, onChange, errorOf, disabled = false }: { draft: SettingsDraft; onChange: (draft: SettingsDraft) => void; errorOf: (field: keyof SettingsDraft) => string | undefined; disabled?: boolean | undefined }) {
  return (
    <>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field label="Champion alias" optional error={errorOf("championAlias")} hint="Follows the serving version when a rollout ends well. Empty: no alias moves.">
          <Input mono value={draft.championAlias} onChange={(event) => onChange({ ...draft, championAlias: event.target.value })} autoComplete="off" spellCheck={false} disabled={disabled} />
        </Field>
        <Field label="Timeout, ms" required error={errorOf("timeoutMs")} hint="How long a caller waits for the model before the gateway answers 504.">
          <Input inputMode="numeric" value={draft.timeoutMs} onChange={(event) => onChange({ ...draft, timeoutMs: event.target.value })} autoComplete="off" disabled={disabled} />
        </Field>
      </div>
      <Field label="Description" optional error={errorOf("description")}>
        <Input value={draft.description} onChange={(event) => onChange({ ...draft, description: event.target.value })} maxLength={2000} disabled={disabled} />
      </Field>
      <div className="grid gap-1.5">
        <Checkbox label="Anybody may call it without a token" hint="Leave it off unless a browser or a device that can keep no secret calls it." checked={draft.isAnonymous} onChange={(event) => onChange({ ...draft, isAnonymous: event.target.checked })} disabled={disabled} />
        {draft.isAnonymous && <Notice tone="warn" title="Open to everybody who reaches the gateway.">Calls are counted for no one, and can't be stopped by revoking a token.</Notice>}
      </div>
    </>
  );
}
