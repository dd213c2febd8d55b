import { Prisma, type Tx } from "@/lib/platform/db";

/** What was deleted before `before` may go; versions deleted since still hold what they name. */
export type Cutoff = { before: Date };

/** Versions that hold on to what they name: those that are there, those deleted since the cutoff, and those that were deployed or asked to be. */
const holds = (before: Date): Prisma.Sql => Prisma.sql`(h.deleted_at IS NULL OR h.deleted_at > ${before} OR h.is_kept)`;

/** The run itself, or a model that it logged, is what a held version was made from. */
const runIsHeld = (before: Date): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT 1 FROM version_hold h WHERE h.workspace_id = r.workspace_id AND h.run_id = r.run_id AND ${holds(before)})
  OR EXISTS (SELECT 1 FROM logged_model lm JOIN version_hold h ON h.workspace_id = lm.workspace_id AND h.logged_model_id = lm.model_id WHERE lm.workspace_id = r.workspace_id AND lm.source_run_id = r.run_id AND ${holds(before)}))`;

/** The logged model is what a held version was made from, or belongs to the lineage of a run that is. */
const modelIsHeld = (before: Date): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT 1 FROM version_hold h WHERE h.workspace_id = m.workspace_id AND h.logged_model_id = m.model_id AND ${holds(before)})
  OR EXISTS (SELECT 1 FROM run_output o JOIN run r ON r.seq = o.run_seq JOIN version_hold h ON h.workspace_id = r.workspace_id AND h.run_id = r.run_id WHERE o.workspace_id = m.workspace_id AND o.model_id = m.model_id AND ${holds(before)})
  OR EXISTS (SELECT 1 FROM run_model_input i JOIN run r ON r.seq = i.run_seq JOIN version_hold h ON h.workspace_id = r.workspace_id AND h.run_id = r.run_id WHERE i.workspace_id = m.workspace_id AND i.model_id = m.model_id AND ${holds(before)}))`;

const runIsDue = (before: Date): Prisma.Sql => Prisma.sql`r.lifecycle_stage = 'deleted' AND r.deleted_at <= ${before} AND NOT ${runIsHeld(before)}`;
const modelIsDue = (before: Date): Prisma.Sql => Prisma.sql`(m.deleted_at <= ${before} OR EXISTS (SELECT 1 FROM experiment e WHERE e.workspace_id = m.workspace_id AND e.number = m.experiment_number AND e.lifecycle_stage = 'deleted' AND e.updated_at <= ${before})) AND NOT ${modelIsHeld(before)}`;

export type PurgedRun = { seq: bigint; workspaceId: string; runId: string; artifactUri: string };

/**
 * Deletes runs that are due, with their params, tags, inputs, outputs and newest metrics, and notes their history for later. They
 * are held first and judged again then, so that a registration or a restore that came in between keeps its run.
 */
export const deleteDueRuns = async (tx: Tx, { before }: Cutoff, limit: number, now: Date): Promise<PurgedRun[]> => {
  const held = await tx.$queryRaw<{ seq: bigint }[]>`SELECT r.seq FROM run r WHERE ${runIsDue(before)} ORDER BY r.deleted_at, r.seq LIMIT ${limit} FOR UPDATE OF r SKIP LOCKED`;
  if (held.length === 0) return [];
  const runs = await tx.$queryRaw<PurgedRun[]>`
    DELETE FROM run r WHERE r.seq = ANY(${held.map(({ seq }) => seq)}::bigint[]) AND ${runIsDue(before)}
    RETURNING r.seq, r.workspace_id AS "workspaceId", r.run_id AS "runId", r.artifact_uri AS "artifactUri"`;
  await tx.metricLeftover.createMany({ data: runs.map(({ seq }) => ({ runSeq: seq, notedAt: now })), skipDuplicates: true });
  return runs;
};

/** Deletes a batch of the metric history of runs that are gone; returns how many points, undefined when none are left. */
export const deleteMetricLeftovers = async (tx: Tx, limit: number): Promise<number | undefined> => {
  const [next] = await tx.$queryRaw<{ seq: bigint }[]>`SELECT run_seq AS seq FROM metric_leftover ORDER BY run_seq LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!next) return undefined;
  const count = await tx.$executeRaw`DELETE FROM metric_point WHERE ctid = ANY(ARRAY(SELECT ctid FROM metric_point WHERE run_seq = ${next.seq} LIMIT ${limit}))`;
  if (count < limit) await tx.metricLeftover.delete({ where: { runSeq: next.seq } });
  return count;
};

export type PurgedModel = { workspaceId: string; modelId: string; artifactUri: string };

/** Deletes logged models that are due, themselves or with their experiment. */
export const deleteDueModels = async (tx: Tx, { before }: Cutoff, limit: number): Promise<PurgedModel[]> => {
  const held = await tx.$queryRaw<{ workspaceId: string; modelId: string }[]>`
    SELECT m.workspace_id AS "workspaceId", m.model_id AS "modelId" FROM logged_model m WHERE ${modelIsDue(before)} ORDER BY m.workspace_id, m.model_id LIMIT ${limit} FOR UPDATE OF m SKIP LOCKED`;
  if (held.length === 0) return [];
  return tx.$queryRaw<PurgedModel[]>`
    DELETE FROM logged_model m USING unnest(${held.map(({ workspaceId }) => workspaceId)}::uuid[], ${held.map(({ modelId }) => modelId)}::text[]) AS k(workspace_id, model_id)
    WHERE m.workspace_id = k.workspace_id AND m.model_id = k.model_id AND ${modelIsDue(before)}
    RETURNING m.workspace_id AS "workspaceId", m.model_id AS "modelId", m.artifact_uri AS "artifactUri"`;
};

/** Deletes a batch of the traces of experiments that are due. */
export const deleteDueTraces = (tx: Tx, { before }: Cutoff, limit: number): Promise<{ workspaceId: string }[]> =>
  tx.$queryRaw<{ workspaceId: string }[]>`
    DELETE FROM trace WHERE ctid = ANY(ARRAY(
      SELECT t.ctid FROM experiment e JOIN trace t ON t.workspace_id = e.workspace_id AND t.experiment_number = e.number
      WHERE e.lifecycle_stage = 'deleted' AND e.updated_at <= ${before} LIMIT ${limit}))
    RETURNING workspace_id AS "workspaceId"`;

export type PurgedExperiment = { workspaceId: string; number: number; artifactLocation: string };

/** Deletes experiments that are due and empty: those that hold runs or models for a version stay, and so does the default one. */
export const deleteDueExperiments = async (tx: Tx, { before }: Cutoff, limit: number): Promise<PurgedExperiment[]> => {
  const due = Prisma.sql`e.lifecycle_stage = 'deleted' AND e.updated_at <= ${before} AND e.number <> 0
    AND NOT EXISTS (SELECT 1 FROM run r WHERE r.workspace_id = e.workspace_id AND r.experiment_number = e.number)
    AND NOT EXISTS (SELECT 1 FROM logged_model m WHERE m.workspace_id = e.workspace_id AND m.experiment_number = e.number)
    AND NOT EXISTS (SELECT 1 FROM trace t WHERE t.workspace_id = e.workspace_id AND t.experiment_number = e.number)`;
  const held = await tx.$queryRaw<{ workspaceId: string; number: number }[]>`SELECT e.workspace_id AS "workspaceId", e.number FROM experiment e WHERE ${due} ORDER BY 1, 2 LIMIT ${limit} FOR UPDATE OF e SKIP LOCKED`;
  if (held.length === 0) return [];
  const keys = Prisma.sql`unnest(${held.map(({ workspaceId }) => workspaceId)}::uuid[], ${held.map(({ number }) => number)}::int[]) AS k(workspace_id, number)`;
  await tx.$executeRaw`DELETE FROM dataset d USING ${keys} WHERE d.workspace_id = k.workspace_id AND d.experiment_number = k.number AND NOT EXISTS (SELECT 1 FROM run_input i WHERE i.workspace_id = d.workspace_id AND i.dataset_id = d.id)`;
  return tx.$queryRaw<PurgedExperiment[]>`
    DELETE FROM experiment e USING ${keys} WHERE e.workspace_id = k.workspace_id AND e.number = k.number AND ${due}
    RETURNING e.workspace_id AS "workspaceId", e.number, e.artifact_location AS "artifactLocation"`;
};

/** Of what a workspace deleted: what waits for its time, what is due, what a version holds, and when the next of it is due (its time of deletion). */
export type Deleted = { waiting: number; due: number; held: number; oldestWaitingAt: Date | null };

type DeletedRow = { kind: "runs" | "experiments" | "loggedModels"; waiting: bigint; due: bigint; held: bigint; oldestWaitingAt: Date | null };

/** Counts what a workspace deleted, by kind. */
export const countDeleted = async (tx: Tx, workspaceId: string, { before }: Cutoff): Promise<Record<DeletedRow["kind"], Deleted>> => {
  const rows = await tx.$queryRaw<DeletedRow[]>`
    SELECT kind, count(*) FILTER (WHERE at > ${before}) AS waiting, count(*) FILTER (WHERE at <= ${before} AND NOT held) AS due, count(*) FILTER (WHERE at <= ${before} AND held) AS held, min(at) FILTER (WHERE at > ${before}) AS "oldestWaitingAt"
    FROM (
      SELECT 'runs' AS kind, r.deleted_at AS at, ${runIsHeld(before)} AS held FROM run r WHERE r.workspace_id = ${workspaceId}::uuid AND r.lifecycle_stage = 'deleted'
      UNION ALL SELECT 'loggedModels', m.deleted_at, ${modelIsHeld(before)} FROM logged_model m WHERE m.workspace_id = ${workspaceId}::uuid AND m.deleted_at IS NOT NULL
      UNION ALL SELECT 'experiments', e.updated_at, EXISTS (SELECT 1 FROM run r WHERE r.workspace_id = e.workspace_id AND r.experiment_number = e.number AND ${runIsHeld(before)}) FROM experiment e
        WHERE e.workspace_id = ${workspaceId}::uuid AND e.lifecycle_stage = 'deleted' AND e.number <> 0
    ) deleted GROUP BY kind`;
  const of = (kind: DeletedRow["kind"]): Deleted => {
    const row = rows.find((candidate) => candidate.kind === kind);
    return { waiting: Number(row?.waiting ?? 0), due: Number(row?.due ?? 0), held: Number(row?.held ?? 0), oldestWaitingAt: row?.oldestWaitingAt ?? null };
  };
  return { runs: of("runs"), experiments: of("experiments"), loggedModels: of("loggedModels") };
};
