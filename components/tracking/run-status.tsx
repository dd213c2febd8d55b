import { Status } from "@/components/ui/chip";
import { type RunStatusWord, runStatusView } from "@/lib/tracking";

export function RunStatus({ status, bare, tight }: { status: RunStatusWord; bare?: boolean | undefined; tight?: boolean | undefined }) {
  return <Status status={runStatusView(status)} bare={bare} tight={tight} />;
}
