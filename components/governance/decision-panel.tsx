"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { endpointHref } from "@/components/serving/queries";
import { Button, ButtonLink } from "@/components/ui/button";
import { RadioCards } from "@/components/ui/choice";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { FailureNotice } from "@/components/ui/failure-notice";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import type { DossierView } from "@/lib/governance";
import { governanceKeys, reviewRequest, withdrawRequest } from "./queries";

type DecisionProps = { workspace: string; dossier: DossierView };

/** What the reader may do with the request, with the effect of each; or why nothing. */
export function DecisionPanel({ workspace, dossier }: DecisionProps) {
  const { you, status } = dossier;
  if (status !== "OPEN") return <OutcomePanel workspace={workspace} dossier={dossier} />;
  return (
    <Panel aria-label="Your decision">
      <PanelHeader title="Your decision" plain />
      <PanelBody className="grid gap-3 pt-0!">
        {dossier.nobodyCanDecide && <NobodyNotice workspace={workspace} />}
        {you.mayApprove || you.mayReject ? <DecisionForm workspace={workspace} dossier={dossier} /> : <Notice tone="idle" icon="lock">{you.reason}</Notice>}
        {you.mayWithdraw && <Withdraw workspace={workspace} dossier={dossier} />}
      </PanelBody>
    </Panel>
  );
}

function NobodyNotice({ workspace }: { workspace: string }) {
  return (
    <Notice tone="warn" title="Nobody here can decide this.">
      <span className="block pb-2">It waits until a second person with the role approver joins.</span>
      <ButtonLink size="sm" icon="users" href={`/w/${encodeURIComponent(workspace)}/settings/members?invite=approver`}>Invite an approver</ButtonLink>
    </Notice>
  );
}

function DecisionForm({ workspace, dossier }: DecisionProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const [decision, setDecision] = useState<"approve" | "reject" | undefined>(undefined);
  const [comment, setComment] = useState("");
  const { you, number, model, version, environment, approvals, policy } = dossier;
  const missing = Math.max(1, policy.approvalsNeeded) - approvals;
  const chosen = decision === "approve" && !you.mayApprove ? undefined : decision;

  const form = useSubmit({
    complaints: {
      decision: chosen === undefined ? "Choose what you decide." : undefined,
      comment: comment.trim().length < 3 ? "Say in a few words what the decision rests on; the record keeps it." : undefined,
    },
    send: async () => {
      if (chosen === undefined) return;
      try {
        queries.setQueryData(governanceKeys.request(workspace, dossier.id), await reviewRequest(workspace, dossier.id, chosen, comment.trim()));
      } catch (error) {
        void queries.invalidateQueries({ queryKey: governanceKeys.request(workspace, dossier.id) }); // somebody else may have decided
        throw error;
      }
      notify.done(chosen === "approve" ? `You approved ${number}` : `You rejected ${number}`);
      router.refresh();
    },
  });

  return (
    <form className="grid gap-3" {...form.formProps}>
      {!you.mayApprove && you.reason !== null && <Notice tone="crit">{you.reason}</Notice>}
      <RadioCards
        legend="Decision"
        value={chosen}
        onChange={setDecision}
        error={form.errorOf("decision")}
        options={[
          { value: "approve", label: "Approve", hint: you.mayApprove ? (missing <= 1 ? `${model} v${version} may be released into ${environment}; nothing is released by itself` : `${missing - 1} more ${missing === 2 ? "approval is" : "approvals are"} needed after yours`) : "Opens when every required check passes", disabled: !you.mayApprove },
          { value: "reject", label: "Reject", hint: `Closes ${number}; traffic stays as it is`, disabled: !you.mayReject },
        ]}
      />
      <Field label="Comment, kept in the audit log" required error={form.errorOf("comment")}>
        <Textarea rows={3} value={comment} onChange={(event) => setComment(event.target.value)} placeholder="What the decision rests on" maxLength={4000} />
      </Field>
      <FailureNotice title="Not decided." failure={form.failure} />
      <Button type="submit" variant={chosen === "reject" ? "danger" : "primary"} wide pending={form.isPending} pendingLabel={chosen === "reject" ? "Rejecting…" : "Approving…"}>{chosen === undefined ? "Decide" : chosen === "approve" ? `Approve ${number}` : `Reject ${number}`}</Button>
    </form>
  );
}

function Withdraw({ workspace, dossier }: DecisionProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { number, model, version, environment, isProduction, approvals } = dossier;
  return (
    <>
      <Button wide icon="undo" onClick={() => setOpen(true)}>Withdraw {number}…</Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        question={`Withdraw ${number}?`}
        now={approvals === 0 ? "open, nobody approved yet" : `open, ${approvals} approved`}
        after="closed, traffic stays as it is"
        afterIn="at once"
        reaches="Those who were asked to decide."
        wayBack={`Request the promotion of ${model} v${version} again; approvals start from zero.`}
        reason={{ placeholder: "Why is it not wanted any more?" }}
        environment={{ name: environment, production: isProduction }}
        confirmLabel={`Withdraw ${number}`}
        pendingLabel="Withdrawing…"
        cancelLabel="Keep it open"
        onConfirm={async (reason) => {
          queries.setQueryData(governanceKeys.request(workspace, dossier.id), await withdrawRequest(workspace, dossier.id, reason));
          notify.done(`You withdrew ${number}`);
          router.refresh();
        }}
      />
    </>
  );
}

const outcomes: Record<Exclude<DossierView["status"], "OPEN">, string> = {
  APPROVED: "Approved. It may be released while artifact, evidence and policy stay the same.",
  EXECUTED: "Approved and released.",
  REJECTED: "Rejected. A new request needs something changed first.",
  WITHDRAWN: "Withdrawn by the person who requested it.",
  EXPIRED: "Expired. Nobody approves by waiting; open a new request.",
  STALE: "Void: artifact, evidence or policy changed after it was decided. Open a new request.",
};

function OutcomePanel({ workspace, dossier }: DecisionProps) {
  if (dossier.status === "OPEN") return null;
  const { endpoints, environment, version, closedReason, status } = dossier;
  return (
    <Panel aria-label="Outcome">
      <PanelHeader title="Outcome" plain />
      <PanelBody className="grid gap-2.5 pt-0!">
        <p className="text-fg-2">{outcomes[status]}</p>
        {closedReason !== null && <blockquote className="border-l-2 border-line-2 pl-2.5 text-fg-2 [overflow-wrap:anywhere]">{closedReason}</blockquote>}
        {status === "APPROVED" && endpoints.map(({ name }) => <ButtonLink key={name} variant={endpoints.length === 1 ? "primary" : "default"} icon="ramp" href={endpointHref(workspace, name, environment)}>Release v{version} on {name}</ButtonLink>)}
        {status === "APPROVED" && endpoints.length === 0 && <ButtonLink icon="server" href={`/w/${encodeURIComponent(workspace)}/endpoints?env=${environment}`}>Create an endpoint for it</ButtonLink>}
      </PanelBody>
    </Panel>
  );
}
