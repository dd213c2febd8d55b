import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { newHexId } from "./names";
import { needTrace } from "./service-traces";
import { type AssessmentChange, type AssessmentRow, countAssessments, deleteAssessmentRow, findAssessment, updateAssessmentRow, upsertAssessments } from "./store-assessments";

const maxOfTrace = 1_000;
const maxValueBytes = 1_000_000;

const noAssessment = (traceId: string, assessmentId: string) => missing(`Assessment with ID '${assessmentId.slice(0, 300)}' not found for trace '${traceId.slice(0, 300)}'`);

const need = async (tx: Tx, workspaceId: string, traceId: string, assessmentId: string): Promise<AssessmentRow> => {
  const found = await findAssessment(tx, workspaceId, traceId, assessmentId);
  if (found) return found;
  await needTrace(tx, workspaceId, traceId);
  throw noAssessment(traceId, assessmentId);
};

const checkSize = ({ value, metadata }: { value?: unknown; metadata?: unknown }): void => {
  if (JSON.stringify([value, metadata]).length > maxValueBytes) throw invalid(`An assessment holds at most ${maxValueBytes} bytes of value and metadata.`);
};

export type NewAssessment = Omit<AssessmentRow, "assessmentId" | "createdAt" | "updatedAt" | "isValid">;

/** An id in MLflow's form. */
export const newAssessmentId = (): string => `a-${newHexId()}`;

/** Adds an assessment; the one that it overrides stops being valid. */
export const createAssessment = (ctx: Context, given: NewAssessment): Promise<AssessmentRow> => {
  authorize(ctx, "run:write");
  checkSize(given);
  return transact(ctx.deps, async (tx, now) => {
    await needTrace(tx, ctx.workspace.id, given.traceId);
    if ((await countAssessments(tx, ctx.workspace.id, given.traceId)) >= maxOfTrace) throw invalid(`A trace can hold at most ${maxOfTrace} assessments.`);
    if (given.overrides !== null && !(await updateAssessmentRow(tx, ctx.workspace.id, given.traceId, given.overrides, { isValid: false }))) throw noAssessment(given.traceId, given.overrides);
    const row: AssessmentRow = { ...given, assessmentId: newAssessmentId(), isValid: true, createdAt: now, updatedAt: now };
    await upsertAssessments(tx, ctx.workspace.id, [row]);
    return row;
  });
};

export const getAssessment = (ctx: Context, traceId: string, assessmentId: string): Promise<AssessmentRow> => {
  authorize(ctx, "run:read");
  return need(ctx.deps.db, ctx.workspace.id, traceId, assessmentId);
};

export type AssessmentUpdate = Pick<AssessmentChange, "name" | "value" | "rationale" | "metadata"> & { kind?: AssessmentRow["kind"] };

/** Changes what `update` names; metadata is merged. Feedback stays feedback, an expectation an expectation. */
export const updateAssessment = (ctx: Context, traceId: string, assessmentId: string, { kind, metadata, ...update }: AssessmentUpdate): Promise<AssessmentRow> => {
  authorize(ctx, "run:write");
  checkSize({ value: update.value, metadata });
  return transact(ctx.deps, async (tx, now) => {
    const before = await need(tx, ctx.workspace.id, traceId, assessmentId);
    if (kind !== undefined && kind !== before.kind) throw invalid(kind === "feedback" ? "Cannot update feedback value on an Expectation assessment." : "Cannot update expectation value on a Feedback assessment.");
    await updateAssessmentRow(tx, ctx.workspace.id, traceId, assessmentId, { ...update, ...(metadata === undefined ? {} : { metadata: { ...before.metadata, ...metadata } }), updatedAt: now });
    return need(tx, ctx.workspace.id, traceId, assessmentId);
  });
};

/** Deletes an assessment; the one that it had overridden is valid again. Deleting what is gone changes nothing. */
export const deleteAssessment = async (ctx: Context, traceId: string, assessmentId: string): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx) => {
    await needTrace(tx, ctx.workspace.id, traceId);
    const found = await findAssessment(tx, ctx.workspace.id, traceId, assessmentId);
    if (!found) return;
    if (found.overrides !== null) await updateAssessmentRow(tx, ctx.workspace.id, traceId, found.overrides, { isValid: true });
    await deleteAssessmentRow(tx, ctx.workspace.id, traceId, assessmentId);
  });
};
