import { beyond, type Database, numberArray, orderBy, type Placed, positionColumn, Prisma, readRows, runStatement, type SqlTx, type Statement, type Tx } from "@/lib/platform/db";

import { all, type CompiledSearch } from "./store-experiments";
import type { KeyValue } from "./store-runs";

export type LoggedModelRow = {
  modelId: string;
  experimentNumber: number;
  name: string;
  status: string;
  statusMessage: string | null;
  modelType: string;
  sourceRunId: string | null;
  artifactUri: string;
  createdAt: Date;
  updatedAt: Date;
};
export type ModelMetricRow = { modelId: string; key: string; value: number; timestamp: number; step: number; runId: string; datasetName: string; datasetDigest: string };
export type LoggedModelDetails = { tags: KeyValue[]; params: KeyValue[]; metrics: ModelMetricRow[]; registrations: { name: string; version: number }[] };

export type FullLoggedModel = LoggedModelRow & LoggedModelDetails;

const columns = Prisma.sql`l.model_id AS "modelId", l.experiment_number AS "experimentNumber", l.name, l.status, l.status_message AS "statusMessage", l.model_type AS "modelType",
  l.source_run_id AS "sourceRunId", l.artifact_uri AS "artifactUri", l.created_at AS "createdAt", l.updated_at AS "updatedAt"`;

/** What belongs to the logged model `l`, as JSON; numbers of metrics as texts, because JSON knows neither NaN nor 64 bits. */
const detailColumns = Prisma.sql`
  (SELECT coalesce(json_agg(json_build_object('key', t.key, 'value', t.value) ORDER BY t.key), '[]') FROM logged_model_tag t WHERE t.workspace_id = l.workspace_id AND t.model_id = l.model_id) AS tags,
  (SELECT coalesce(json_agg(json_build_object('key', p.key, 'value', p.value) ORDER BY p.key), '[]') FROM logged_model_param p WHERE p.workspace_id = l.workspace_id AND p.model_id = l.model_id) AS params,
  (SELECT coalesce(json_agg(json_build_object('key', m.key, 'value', m.value::text, 'timestamp', m.ts::text, 'step', m.step::text, 'runId', m.run_id, 'datasetName', m.dataset_name, 'datasetDigest', m.dataset_digest) ORDER BY m.key, m.ts, m.step), '[]')
    FROM logged_model_metric m WHERE m.workspace_id = l.workspace_id AND m.model_id = l.model_id) AS metrics,
  (SELECT coalesce(json_agg(json_build_object('name', r.name, 'version', v.number) ORDER BY v.created_at, v.number), '[]')
    FROM model_version v JOIN registered_model r ON r.id = v.model_id WHERE v.workspace_id = l.workspace_id AND v.logged_model_id = l.model_id AND v.deleted_at IS NULL) AS registrations`;

type RawMetric = Record<"key" | "value" | "timestamp" | "step" | "runId" | "datasetName" | "datasetDigest", string>;
type RawDetails = Omit<LoggedModelDetails, "metrics"> & { modelId: string; metrics: RawMetric[] };

const toDetails = ({ modelId, tags, params, metrics, registrations }: RawDetails): LoggedModelDetails => ({
  tags,
  params,
  registrations,
  metrics: metrics.map(({ value, timestamp, step, ...row }) => ({ ...row, modelId, value: Number(value), timestamp: Number(timestamp), step: Number(step) })),
});

export const findLoggedModel = async (tx: SqlTx, workspaceId: string, modelId: string): Promise<LoggedModelRow | undefined> => {
  const [row] = await tx.$queryRaw<LoggedModelRow[]>`SELECT ${columns} FROM logged_model l WHERE l.workspace_id = ${workspaceId}::uuid AND l.model_id = ${modelId} AND l.deleted_at IS NULL`;
  return row;
};

const readFullLoggedModel: Statement = {
  name: "read_full_logged_model",
  text: `SELECT ${columns.sql}, ${detailColumns.sql} FROM logged_model l WHERE l.workspace_id = $1 AND l.model_id = $2 AND l.deleted_at IS NULL`,
};

/** A logged model with all that belongs to it, by one query. */
export const findFullLoggedModel = (db: Database, workspaceId: string, modelId: string): Promise<FullLoggedModel | undefined> => readOne(db, readFullLoggedModel, [workspaceId, modelId]);

const readOne = async (db: Database, statement: Statement, values: (string | string[])[]): Promise<FullLoggedModel | undefined> => {
  const [row] = await readRows<LoggedModelRow & RawDetails>(db, statement, values);
  return row && { ...row, ...toDetails(row) };
};

const setStatus: Statement = {
  name: "set_logged_model_status",
  text: `WITH l AS (
    UPDATE logged_model SET status = $3::text, updated_at = $4::timestamptz WHERE workspace_id = $1 AND model_id = $2 AND deleted_at IS NULL RETURNING *
  ) SELECT ${columns.sql}, ${detailColumns.sql} FROM l`,
};

/** Sets the status of a logged model and returns the model; undefined when there is none. */
export const setLoggedModelStatusRow = (db: Database, workspaceId: string, modelId: string, status: string, now: Date): Promise<FullLoggedModel | undefined> => readOne(db, setStatus, [workspaceId, modelId, status, now.toISOString()]);

/** Hides a logged model; false when there is none. */
export const deleteLoggedModelRow = async (tx: Tx, workspaceId: string, modelId: string, now: Date): Promise<boolean> =>
  (await tx.loggedModel.updateMany({ where: { workspaceId, modelId, deletedAt: null }, data: { deletedAt: now, updatedAt: now } })).count === 1;

const setTags: Statement = {
  name: "set_logged_model_tags",
  text: `WITH l AS (
    SELECT * FROM logged_model WHERE workspace_id = $1 AND model_id = $2 AND deleted_at IS NULL
  ), u AS (
    SELECT * FROM unnest($3::text[], $4::text[]) AS u(key, value)
  ), t AS (
    INSERT INTO logged_model_tag (workspace_id, model_id, key, value) SELECT l.workspace_id, l.model_id, u.key, u.value FROM l, u ON CONFLICT (workspace_id, model_id, key) DO UPDATE SET value = excluded.value
  ) SELECT ${columns.sql}, ${detailColumns.sql} FROM l`,
};

/** Sets tags of a logged model, one of each key, sorted, and returns the model with them; undefined when there is none. */
export const setLoggedModelTags = async (db: Database, workspaceId: string, modelId: string, tags: readonly KeyValue[]): Promise<FullLoggedModel | undefined> => {
  const model = await readOne(db, setTags, [workspaceId, modelId, tags.map(({ key }) => key), tags.map(({ value }) => value)]);
  if (!model) return undefined;
  const merged = new Map([...model.tags, ...tags].map((tag) => [tag.key, tag])); // what the statement reads is from before it
  return { ...model, tags: [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1)) };
};

/** Sets a tag to `after` where it is not there or holds `before`; false, and nothing is changed, when it holds something else or the model is gone. */
export const swapLoggedModelTag = async (tx: SqlTx, workspaceId: string, modelId: string, { key, before, after }: { key: string; before: string | undefined; after: string }): Promise<boolean> =>
  (await tx.$executeRaw`
    /* prepared as swap_logged_model_tag */ INSERT INTO logged_model_tag AS t (workspace_id, model_id, key, value)
    SELECT l.workspace_id, l.model_id, ${key}::text, ${after}::text FROM logged_model l WHERE l.workspace_id = ${workspaceId}::uuid AND l.model_id = ${modelId} AND l.deleted_at IS NULL
    ON CONFLICT (workspace_id, model_id, key) DO UPDATE SET value = excluded.value WHERE t.value = ${before ?? null}::text`) === 1;

export const findLoggedModelTag = async (tx: SqlTx, workspaceId: string, modelId: string, key: string): Promise<string | undefined> =>
  (await tx.$queryRaw<{ value: string }[]>`SELECT value FROM logged_model_tag WHERE workspace_id = ${workspaceId}::uuid AND model_id = ${modelId} AND key = ${key}`)[0]?.value;

export const deleteLoggedModelTag = async (tx: Tx, workspaceId: string, modelId: string, key: string): Promise<boolean> => (await tx.loggedModelTag.deleteMany({ where: { workspaceId, modelId, key } })).count > 0;

export const insertLoggedModelParams = async (tx: Tx, workspaceId: string, modelId: string, params: readonly KeyValue[]): Promise<void> => {
  await tx.loggedModelParam.createMany({ data: params.map((param) => ({ workspaceId, modelId, ...param })), skipDuplicates: true });
};

const linkModels: Statement = {
  name: "link_outputs",
  text: `WITH r AS (
    SELECT seq FROM run WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active'
  ), m AS (
    SELECT DISTINCT ON (l.model_id) l.model_id, u.step FROM unnest($3::text[], $4::bigint[]) AS u(model_id, step) JOIN logged_model l ON l.workspace_id = $1 AND l.model_id = u.model_id AND l.deleted_at IS NULL ORDER BY l.model_id
  ), complete AS (
    SELECT 1 FROM r WHERE (SELECT count(*) FROM m) = $5::int
  ), linked AS (
    INSERT INTO run_output (workspace_id, run_seq, model_id, step) SELECT $1, r.seq, m.model_id, m.step FROM complete, r, m ON CONFLICT DO NOTHING
  ) SELECT 1 FROM complete`,
};

/** Notes that an active run made models; false, and nothing is noted, when the run or one of the models isn't there. */
export const linkOutputs = async (db: Database, workspaceId: string, runId: string, models: readonly { modelId: string; step: number }[]): Promise<boolean> => {
  const ids = models.map(({ modelId }) => modelId);
  return (await runStatement(db, linkModels, [workspaceId, runId, ids, numberArray(models.map(({ step }) => step)), new Set(ids).size])).length > 0;
};

export const linkInputs = async (tx: Tx, workspaceId: string, runSeq: bigint, modelIds: readonly string[]): Promise<void> => {
  if (modelIds.length > 0) await tx.runModelInput.createMany({ data: modelIds.map((modelId) => ({ workspaceId, runSeq, modelId })), skipDuplicates: true });
};

/** Tags, params, metrics and registrations of logged models: one query, whatever their number. */
export const loadLoggedModelDetails = async (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, LoggedModelDetails>> => {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<RawDetails[]>`SELECT l.model_id AS "modelId", ${detailColumns} FROM logged_model l WHERE l.workspace_id = ${workspaceId}::uuid AND l.model_id = ANY(${[...ids]}::text[])`;
  return new Map(rows.map((row) => [row.modelId, toDetails(row)]));
};

/** Logged models by conditions and order that the caller compiled. */
export const searchLoggedModelRows = async (tx: Tx, workspaceId: string, { conditions, order, after, limit }: CompiledSearch): Promise<Placed<LoggedModelRow>[]> => {
  const terms = order.map((term, index) => ({ ...term, sql: Prisma.raw(`l.o${index}`) }));
  return tx.$queryRaw<Placed<LoggedModelRow>[]>`
    SELECT ${columns}, ${positionColumn(terms)}
    FROM (SELECT l.*, ${Prisma.join(order.map(({ sql }, index) => Prisma.sql`${sql} AS ${Prisma.raw(`o${index}`)}`), ", ")} FROM logged_model l
      WHERE l.workspace_id = ${workspaceId}::uuid AND l.deleted_at IS NULL AND ${all(conditions)} OFFSET 0) l
    WHERE ${after ? beyond(terms, after) : Prisma.sql`true`} ORDER BY ${orderBy(terms)} LIMIT ${limit}`;
};
