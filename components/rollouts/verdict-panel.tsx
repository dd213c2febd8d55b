import { VerdictLadder } from "@/components/patterns/verdict-ladder";
import { formatNumber, formatPercent } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Panel, PanelBody, PanelFooter, PanelHeader } from "@/components/ui/panel";
import type { RolloutView, VerdictDocument } from "@/lib/rollouts";
import { toVerdictRow } from "./present";

/** All guardrails in units of their own limit, with their n, intervals and methods. */
export function VerdictPanel({ rollout }: { rollout: RolloutView }) {
  const { verdict } = rollout;
  const isShadow = rollout.plan.steps[rollout.stepIndex]?.kind === "shadow";
  return (
    <Panel>
      <PanelHeader title="Verdict per guardrail" note={`${isShadow ? "shadow" : "canary"} minus stable, confidence sequences: valid at every look`} />
      {verdict && verdict.guardrails.length > 0 ? (
        <>
          <VerdictLadder label="Guardrails" rows={verdict.guardrails.map(toVerdictRow)} stableLabel={rollout.from === null ? "Stable" : `Stable v${rollout.from}`} canaryLabel={`${isShadow ? "Shadow" : "Canary"} v${rollout.to}`} axis={{ lower: "limit", zero: "no change", upper: "limit" }} />
          <Methods verdict={verdict} />
          <PanelFooter><Split verdict={verdict} isShadow={isShadow} /></PanelFooter>
        </>
      ) : (
        <PanelBody><p className="text-fg-2">{rollout.plan.steps.length === 0 ? "This strategy moves all traffic at once, so there is nothing to compare step by step." : "No verdict yet: the first look comes when every gateway applies the step's route."}</p></PanelBody>
      )}
    </Panel>
  );
}

function Methods({ verdict }: { verdict: VerdictDocument }) {
  return (
    <details className="border-t border-line px-3.5 py-2 text-sm text-fg-2">
      <summary className="cursor-pointer text-fg-3">Method, n and reason of each guardrail</summary>
      <dl className="mt-2 grid gap-2">
        {verdict.guardrails.map((guardrail) => (
          <div key={guardrail.metric}>
            <dt className="font-medium">{guardrail.title}: n {formatNumber(guardrail.stable.n, 0)} stable, {formatNumber(guardrail.candidate.n, 0)} candidate</dt>
            <dd>{guardrail.method}; alpha {guardrail.alpha}. {guardrail.reason}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Split({ verdict, isShadow }: { verdict: VerdictDocument; isShadow: boolean }) {
  const { split, requests } = verdict;
  const counts = isShadow ? `${formatNumber(requests.candidate, 0)} pairs of ${formatNumber(requests.needed, 0)} needed` : `${formatNumber(requests.candidate, 0)} canary and ${formatNumber(requests.stable, 0)} stable requests in this step, ${formatNumber(requests.needed, 0)} of each needed`;
  return (
    <div className="flex flex-wrap justify-between gap-x-4 gap-y-1 text-sm text-fg-2">
      {split ? (
        <span className={split.isValid ? undefined : "tone-crit text-tone"}>
          <Icon name={split.isValid ? "okc" : "octa"} size={14} className={split.isValid ? "mr-1 inline text-ok-line" : "mr-1 inline"} />
          Traffic split is {split.isValid ? "valid" : "broken"}: {formatPercent(split.observedShare)} observed, {formatPercent(split.plannedShare)} planned (p {(split.p ?? 1).toPrecision(2)}, n {formatNumber(split.n, 0)})
        </span>
      ) : <span className="text-fg-3">{isShadow ? "Every request is answered by the stable version; the shadow's answers are only compared." : "No split to check in this phase."}</span>}
      <span className="text-fg-3">{counts}</span>
    </div>
  );
}
