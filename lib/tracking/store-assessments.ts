import type { JsonObject } from "@/lib/core/json";
import { type Tx } from "@/lib/platform/db";

import type { Texts } from "./store-traces";

export type AssessmentKind = "feedback" | "expectation";
export type AssessmentRow = {
  assessmentId: string;
  traceId: string;
  name: string;
  kind: AssessmentKind;
  sourceType: string;
  sourceId: string;
  spanId: string | null;
  /** What stands under `feedback` or `expectation` on the wire: `{ value }`, with `error` or `serialized_value` where given. */
  value: JsonObject;
  rationale: string | null;
  metadata: Texts;
  overrides: string | null;
  isValid: boolean;
  createdAt: Date;
  updatedAt: Date;
};

const select = {
  assessmentId: true, traceId: true, name: true, kind: true, sourceType: true, sourceId: true, spanId: true, value: true, rationale: true, metadata: true, overrides: true, isValid: true, createdAt: true, updatedAt: true,
} as const;

type Found = Omit<AssessmentRow, "kind" | "value" | "metadata"> & { kind: string; value: unknown; metadata: unknown };

const toRow = (row: Found): AssessmentRow => ({ ...row, kind: row.kind === "expectation" ? "expectation" : "feedback", value: row.value as JsonObject, metadata: row.metadata as Texts });

/** Stores assessments that came with a trace; those that are there already stay as they are. */
export const upsertAssessments = async (tx: Tx, workspaceId: string, rows: readonly AssessmentRow[]): Promise<void> => {
  if (rows.length > 0) await tx.traceAssessment.createMany({ data: rows.map((row) => ({ workspaceId, ...row })), skipDuplicates: true });
};

/** Assessments of traces by age. */
export const findAssessments = async (tx: Tx, workspaceId: string, traceIds: readonly string[]): Promise<Map<string, AssessmentRow[]>> => {
  const byTrace = new Map<string, AssessmentRow[]>();
  if (traceIds.length === 0) return byTrace;
  const rows = await tx.traceAssessment.findMany({ where: { workspaceId, traceId: { in: [...traceIds] } }, select, orderBy: [{ createdAt: "asc" }, { assessmentId: "asc" }] });
  for (const row of rows.map(toRow)) byTrace.set(row.traceId, [...(byTrace.get(row.traceId) ?? []), row]);
  return byTrace;
};

export const findAssessment = async (tx: Tx, workspaceId: string, traceId: string, assessmentId: string): Promise<AssessmentRow | null> => {
  const row = await tx.traceAssessment.findFirst({ where: { workspaceId, traceId, assessmentId }, select });
  return row === null ? null : toRow(row);
};

export const countAssessments = (tx: Tx, workspaceId: string, traceId: string): Promise<number> => tx.traceAssessment.count({ where: { workspaceId, traceId } });

export type AssessmentChange = Partial<Pick<AssessmentRow, "name" | "value" | "rationale" | "metadata" | "isValid">> & { updatedAt?: Date };

/** Changes an assessment; false when there is none. */
export const updateAssessmentRow = async (tx: Tx, workspaceId: string, traceId: string, assessmentId: string, change: AssessmentChange): Promise<boolean> =>
  (await tx.traceAssessment.updateMany({ where: { workspaceId, traceId, assessmentId }, data: change })).count > 0;

export const deleteAssessmentRow = async (tx: Tx, workspaceId: string, traceId: string, assessmentId: string): Promise<void> => {
  await tx.traceAssessment.deleteMany({ where: { workspaceId, traceId, assessmentId } });
};
