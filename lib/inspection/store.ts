import { newId } from "@/lib/core/ids";
import { Prisma, type SqlTx, type Tx } from "@/lib/platform/db";

import { inspectorVersion } from "./inspect";
import { type InspectionResult, inspectionResultSchema } from "./schema";

export type Claim = { id: string; workspaceId: string; versionId: string; attempt: number };

export type InspectionRow = {
  status: "queued" | "running" | "done";
  verdict: InspectionResult["verdict"] | null;
  findings: InspectionResult["findings"];
  summary: InspectionResult["summary"];
  mlflow: InspectionResult["mlflow"];
  inspector: string;
  inspectorVersion: string;
  attempts: number;
  startedAt: Date | null;
  finishedAt: Date | null;
};

type Inspected = { workspaceId: string; versionId: string };

export type InspectionPlan = {
  /** To wake the worker with. */
  id: string;
  /** The INSERT, alone or as a part of a WITH; `from` names the part that must have a row. */
  insertion: (from?: Prisma.Sql) => Prisma.Sql;
};

/** What queues the inspection of a version, due at once, for the transaction that gives the version its files. At most one of a version is pending (partial unique index). */
export const planInspection = ({ workspaceId, versionId }: Inspected, now: Date): InspectionPlan => {
  const id = newId(now.getTime());
  const insertion = (from = Prisma.empty): Prisma.Sql => Prisma.sql`
    INSERT INTO inspection (id, workspace_id, version_id, inspector, inspector_version, status, findings, due_at)
    SELECT ${id}::uuid, ${workspaceId}::uuid, ${versionId}::uuid, 'onnx', ${inspectorVersion}, 'queued', '[]'::jsonb, ${now}::timestamptz ${from}`;
  return { id, insertion };
};

/** Queues it by itself; returns the id to wake the worker with. */
export const queueInspection = async (tx: Tx, version: Inspected, now: Date): Promise<string> => {
  const { id, insertion } = planInspection(version, now);
  await tx.$executeRaw(insertion());
  return id;
};

/** Takes an inspection that is due, until `leaseEndsAt`; undefined when it is done or another worker holds it. */
export const claimRow = async (tx: SqlTx, id: string, now: Date, leaseEndsAt: Date): Promise<Claim | undefined> => {
  const [row] = await tx.$queryRaw<Claim[]>`
    /* prepared as claim_inspection */ UPDATE inspection SET status = 'running', attempts = attempts + 1, started_at = ${now}::timestamptz, due_at = ${leaseEndsAt}::timestamptz
    WHERE id = ${id}::uuid AND status <> 'done' AND due_at <= ${now}::timestamptz
    RETURNING id, workspace_id AS "workspaceId", version_id AS "versionId", attempts AS attempt`;
  return row;
};

/** Stores a result if the claim still holds; false when another worker took over. */
export const finishRow = async (tx: SqlTx, claim: Claim, result: Pick<InspectionResult, "verdict" | "findings" | "summary" | "mlflow" | "inspectorVersion">, now: Date): Promise<boolean> => {
  const count = await tx.$executeRaw`
    /* prepared as finish_inspection */ UPDATE inspection SET status = 'done', verdict = ${result.verdict}, findings = ${JSON.stringify(result.findings)}::jsonb, summary = ${result.summary && JSON.stringify(result.summary)}::jsonb, mlflow = ${result.mlflow && JSON.stringify(result.mlflow)}::jsonb,
      inspector_version = ${result.inspectorVersion}, finished_at = ${now}::timestamptz WHERE id = ${claim.id}::uuid AND status = 'running' AND attempts = ${claim.attempt}::int`;
  return count === 1;
};

/** Gives a claim back, due again at `dueAt`. */
export const requeueRow = async (tx: Tx, claim: Claim, dueAt: Date): Promise<void> => {
  await tx.inspection.updateMany({ where: { id: claim.id, status: "running", attempts: claim.attempt }, data: { status: "queued", dueAt } });
};

/** Ids of inspections that are due: never started, or lost by their worker. */
export const listDueRows = async (tx: Tx, now: Date, limit: number): Promise<string[]> => {
  const rows = await tx.inspection.findMany({ where: { status: { in: ["queued", "running"] }, dueAt: { lte: now } }, orderBy: { dueAt: "asc" }, take: limit, select: { id: true } });
  return rows.map(({ id }) => id);
};

/** The newest inspection of a version. */
export const findLatestInspection = async (tx: Tx, workspaceId: string, versionId: string): Promise<InspectionRow | undefined> => {
  const row = await tx.inspection.findFirst({ where: { workspaceId, versionId }, orderBy: { id: "desc" } });
  if (!row) return undefined;
  const { verdict, findings, summary, mlflow } = inspectionResultSchema.pick({ findings: true, summary: true, mlflow: true }).extend({ verdict: inspectionResultSchema.shape.verdict.nullable() }).parse(row);
  return { ...row, status: row.status as InspectionRow["status"], verdict, findings, summary, mlflow };
};
