import { dayMs } from "@/lib/core/durations";
import type { Tx } from "@/lib/platform/db";

export type ProcessReport = { process: number; appliedRevision: number };

/** Records what the serving processes of one gateway apply now, and forgets those of it that are not named. */
export const reportProcesses = async (tx: Tx, gatewayId: string, reports: readonly ProcessReport[], now: Date): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO gateway_process (gateway_id, process, started_at, last_seen_at, applied_revision)
    SELECT ${gatewayId}::uuid, report.process, ${now}, ${now}, report.revision
    FROM unnest(${reports.map(({ process }) => process)}::int[], ${reports.map((report) => BigInt(report.appliedRevision))}::bigint[]) AS report (process, revision)
    ON CONFLICT (gateway_id, process) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at, applied_revision = EXCLUDED.applied_revision`;
  await tx.gatewayProcess.deleteMany({ where: { gatewayId, process: { notIn: reports.map(({ process }) => process) } } });
};

/** Forgets gateways that were last seen more than a day ago. */
export const forgetOldGateways = async (tx: Tx, now: Date): Promise<void> => {
  await tx.gatewayProcess.deleteMany({ where: { lastSeenAt: { lt: new Date(now.getTime() - dayMs) } } });
};
