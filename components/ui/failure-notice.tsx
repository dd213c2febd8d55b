import { type ReactNode } from "react";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { Notice } from "./notice";

export type FailureNoticeProps = {
  /** What did not happen: "Not created." */
  title?: string | undefined;
  /** Anything thrown; nothing is shown without it. */
  failure: unknown;
  /** What helps, after the sentence. */
  children?: ReactNode;
  className?: string | undefined;
};

const maxReasons = 5;

/** Why an action failed, in its place: the sentence, the reasons it does not name, and the request id. */
export function FailureNotice({ title, failure, children, className }: FailureNoticeProps) {
  if (failure === undefined || failure === null) return null;
  const message = messageOf(failure);
  const problem = isApiProblem(failure) ? failure : undefined;
  const reasons = problem?.invalidParams.filter(({ reason }) => !message.includes(reason)).slice(0, maxReasons) ?? [];
  return (
    <Notice tone="crit" live title={title} className={className}>
      {message} {children}
      {reasons.length > 0 && <ul className="mt-1 list-disc pl-4">{reasons.map(({ name, reason }) => <li key={name}><code>{name}</code> {reason}</li>)}</ul>}
      {problem?.requestId !== undefined && <span className="block">Request <code>{problem.requestId}</code></span>}
    </Notice>
  );
}
