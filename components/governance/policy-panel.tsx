"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog, EnvironmentMark } from "@/components/ui/confirm-dialog";
import { Digest } from "@/components/ui/digest";
import { formatNumber } from "@/components/ui/format";
import { KeyValues } from "@/components/ui/key-values";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import { notify } from "@/components/ui/toaster";
import type { PolicyView } from "@/lib/governance";
import { fromDraft, type PolicyCheck, toDraft } from "./policy-draft";
import { PolicyForm } from "./policy-form";
import { wordsOfKey } from "./present";
import { revisePolicy } from "./queries";

export type PolicyPanelProps = { workspace: string; policy: PolicyView; isProduction: boolean; /** Why the reader can't revise it. */ blocked: string | undefined };

/** The rules of one environment: read, and revised where the reader may. */
export function PolicyPanel({ workspace, policy: given, isProduction, blocked }: PolicyPanelProps) {
  const router = useRouter();
  const [policy, setPolicy] = useState(given);
  const [draft, setDraft] = useState(() => toDraft(given));
  const [isEditing, setEditing] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const parsed = fromDraft(draft);
  const [isTried, setTried] = useState(false);
  const { environment, revision } = policy;
  const isChanged = parsed.document !== undefined && JSON.stringify(parsed.document) !== JSON.stringify({ ...policy.document, protects: policy.protects });

  const stop = () => {
    setEditing(false);
    setTried(false);
    setDraft(toDraft(policy));
  };
  const review = () => {
    setTried(true);
    if (isChanged) setAsking(true);
  };
  return (
    <Panel aria-label={`Policy of ${environment}`} id={`policy-${environment}`}>
      <PanelHeader title={<EnvironmentMark name={environment} production={isProduction} />} note={<>revision {revision}, <Time value={policy.createdAt} /></>}>
        <Digest value={policy.digest} label="policy digest" />
        {!isEditing && blocked === undefined && <Button size="sm" icon="sliders" onClick={() => setEditing(true)} aria-label={`Revise the policy of ${environment}`}>Revise</Button>}
      </PanelHeader>
      {isEditing ? (
        <form noValidate aria-label={`Policy of ${environment}`} onSubmit={(event) => { event.preventDefault(); review(); }}>
          <PanelBody className="grid max-w-[760px] gap-3">
            <PolicyForm draft={draft} onChange={setDraft} problems={isTried ? (parsed.problems ?? {}) : {}} />
            {isTried && parsed.problems && <Notice tone="crit" live title="Not saved.">{Object.keys(parsed.problems).length} of the fields above can't stay as they are.</Notice>}
            {isTried && parsed.document && !isChanged && <Notice tone="idle" live>Nothing is different from revision {revision}.</Notice>}
          </PanelBody>
          <PanelFooter className="items-center"><span>Saving makes revision {revision + 1}; revision {revision} stays in the record.</span><span className="flex gap-1.5"><Button size="sm" onClick={stop}>Cancel</Button><Button size="sm" variant="primary" type="submit">Save as revision {revision + 1}…</Button></span></PanelFooter>
        </form>
      ) : <PolicyRead policy={policy} />}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        question={`Revise the policy of ${environment}?`}
        now={`revision ${revision}`}
        after={`revision ${revision + 1}`}
        afterIn="at once"
        reaches={`Every request and approval given under revision ${revision}: they no longer count, and what is not released yet must be requested again. A version that serves goes on.`}
        wayBack={`Save the rules of revision ${revision} again. Approvals must be given anew.`}
        environment={{ name: environment, production: isProduction }}
        confirmLabel={`Save revision ${revision + 1}`}
        pendingLabel="Saving…"
        cancelLabel={`Keep revision ${revision}`}
        tone="primary"
        onConfirm={async () => {
          if (!parsed.document) return;
          const next = await revisePolicy(workspace, environment, parsed.document);
          setPolicy(next);
          setDraft(toDraft(next));
          setEditing(false);
          setTried(false);
          notify.done(`Policy of ${environment} is at revision ${next.revision}`);
          router.refresh();
        }}
      />
    </Panel>
  );
}

const ruleOf = (check: PolicyCheck): string => {
  switch (check.key) {
    case "inspection":
      return check.allowCodeExecution === true ? "no malformed content; models whose loading runs code (Python pickles) may pass" : "no malformed content, and no model whose loading runs code (Python pickles)";
    case "evaluation":
      return `${check.metric} on at least ${formatNumber(check.minRows, 0)} held-out rows, at most ${formatNumber(check.maxLoss)} below the champion`;
    case "model_card":
      return check.sections.length === 0 ? "a model card" : `sections ${check.sections.map(wordsOfKey).join(", ").toLowerCase()}`;
  }
};

function PolicyRead({ policy: { document, protects } }: { policy: PolicyView }) {
  const names = [...protects.aliases.map((alias) => `@${alias}`), ...protects.stages.map((stage) => `stage ${stage}`)];
  const { checks, approvals, requestExpiresDays, approvalValidDays } = document;
  const excluded = [...(approvals.excludeRequester ? ["whoever requests"] : []), ...(approvals.excludeContributors ? ["whoever made the version or its evidence"] : [])];
  return (
    <PanelBody>
      <KeyValues
        align="left"
        items={[
          { label: "Checks", value: checks.length === 0 ? "none" : <ul className="grid gap-1">{checks.map((check, index) => <li key={index}><b className="font-medium">{check.title}</b>: {ruleOf(check)} {!check.required && <Tag>not required</Tag>}</li>)}</ul> },
          { label: "Approvals", value: approvals.minimum === 0 ? "none: what passes the checks is released without a request" : `${approvals.minimum}${approvals.groups.length > 0 ? `, one of each group: ${approvals.groups.join(", ")}` : ""}` },
          { label: "Protects", value: names.length === 0 ? "no alias or stage" : <>{names.map((name) => <Tag key={name} mono>{name}</Tag>)} <span className="text-fg-3">only a version that may be released here can take them</span></> },
          ...(approvals.minimum === 0 ? [] : [
            { label: "Never decides", value: excluded.length === 0 ? "nobody is excluded" : excluded.join("; ") },
            { label: "Times", value: `a request expires after ${requestExpiresDays} days, an approval is valid for ${approvalValidDays}` },
          ]),
        ]}
      />
    </PanelBody>
  );
}
