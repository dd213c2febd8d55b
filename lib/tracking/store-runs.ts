import { type Database, Prisma, readRows, type Statement, type Tx } from "@/lib/platform/db";

export type RunRow = {
  seq: bigint;
  runId: string;
  experimentNumber: number;
  name: string;
  userName: string;
  status: string;
  lifecycleStage: string;
  startTime: number | null;
  endTime: number | null;
  artifactUri: string;
};
export type KeyValue = { key: string; value: string };
export type MetricRow = { key: string; value: number; timestamp: number; step: number };
export type RunInputRow = { tags: KeyValue[]; dataset: { name: string; digest: string; sourceType: string; source: string; schema: string | null; profile: string | null } };
export type RunLinks = { inputs: RunInputRow[]; outputs: { modelId: string; step: number }[]; modelInputs: string[] };
export type RunDetails = RunLinks & { metrics: MetricRow[]; params: KeyValue[]; tags: KeyValue[] };

export type RawRun = Omit<RunRow, "startTime" | "endTime"> & { startTime: bigint | null; endTime: bigint | null };

const numberOrNull = (value: bigint | null): number | null => (value === null ? null : Number(value));
export const toRunRow = ({ startTime, endTime, ...row }: RawRun): RunRow => ({ ...row, startTime: numberOrNull(startTime), endTime: numberOrNull(endTime) });

export const runColumns = Prisma.sql`r.seq, r.run_id AS "runId", r.experiment_number AS "experimentNumber", r.name, r.user_name AS "userName", r.status,
  r.lifecycle_stage AS "lifecycleStage", r.start_time AS "startTime", r.end_time AS "endTime", r.artifact_uri AS "artifactUri"`;

export const findRun = async (tx: Tx, workspaceId: string, runId: string): Promise<RunRow | undefined> => {
  const [row] = await tx.$queryRaw<RawRun[]>`SELECT ${runColumns} FROM run r WHERE r.workspace_id = ${workspaceId}::uuid AND r.run_id = ${runId}`;
  return row && toRunRow(row);
};

export const updateRunRow = async (tx: Tx, seq: bigint, change: { status?: string; endTime?: number; name?: string; lifecycleStage?: string; deletedAt?: Date | null }): Promise<void> => {
  const { endTime, ...rest } = change;
  await tx.run.update({ where: { seq }, data: { ...rest, ...(endTime === undefined ? {} : { endTime: BigInt(endTime) }) } });
};

export const upsertTags = async (tx: Tx, seq: bigint, tags: readonly KeyValue[]): Promise<void> => {
  if (tags.length === 0) return;
  const last = [...new Map(tags.map((tag) => [tag.key, tag])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  await tx.$executeRaw`
    INSERT INTO run_tag (run_seq, key, value) SELECT ${seq}, * FROM unnest(${last.map(({ key }) => key)}::text[], ${last.map(({ value }) => value)}::text[])
    ON CONFLICT (run_seq, key) DO UPDATE SET value = excluded.value`;
};

const maxList = 5_000_000;

/** Adds JSON to a tag that holds a list of it; one that holds none, or too much, begins anew. */
export const appendToListTag = async (tx: Tx, seq: bigint, key: string, entry: string): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO run_tag AS t (run_seq, key, value) VALUES (${seq}, ${key}, '[' || ${entry}::text || ']')
    ON CONFLICT (run_seq, key) DO UPDATE SET value = CASE WHEN t.value LIKE '[_%]' AND length(t.value) < ${maxList}::int THEN left(t.value, -1) || ', ' || ${entry}::text || ']' ELSE excluded.value END`;
};

export const deleteTag = async (tx: Tx, seq: bigint, key: string): Promise<boolean> => (await tx.runTag.deleteMany({ where: { runSeq: seq, key } })).count > 0;

/** What the run `r` holds, as JSON: datasets as they were first noted, models by step; numbers of metrics as texts, because JSON knows neither NaN nor 64 bits. */
const detailColumns = Prisma.sql`
  (SELECT coalesce(json_agg(json_build_object('key', k.key, 'value', l.value::text, 'timestamp', l.ts::text, 'step', l.step::text) ORDER BY k.key), '[]') FROM metric_latest l JOIN metric_key k ON k.id = l.key_id WHERE l.run_seq = r.seq) AS metrics,
  (SELECT coalesce(json_agg(json_build_object('key', p.key, 'value', p.value) ORDER BY p.key), '[]') FROM run_param p WHERE p.run_seq = r.seq) AS params,
  (SELECT coalesce(json_agg(json_build_object('key', t.key, 'value', t.value) ORDER BY t.key), '[]') FROM run_tag t WHERE t.run_seq = r.seq) AS tags,
  (SELECT coalesce(json_agg(json_build_object('tags', i.tags, 'dataset', json_build_object('name', d.name, 'digest', d.digest, 'sourceType', d.source_type, 'source', d.source, 'schema', d.schema, 'profile', d.profile)) ORDER BY d.id), '[]')
    FROM run_input i JOIN dataset d ON d.id = i.dataset_id WHERE i.run_seq = r.seq) AS inputs,
  (SELECT coalesce(json_agg(json_build_object('modelId', o.model_id, 'step', o.step) ORDER BY o.step, m.created_at, o.model_id), '[]') FROM run_output o JOIN logged_model m ON m.workspace_id = o.workspace_id AND m.model_id = o.model_id WHERE o.run_seq = r.seq) AS outputs,
  (SELECT coalesce(json_agg(m.model_id ORDER BY m.model_id), '[]') FROM run_model_input m WHERE m.run_seq = r.seq) AS "modelInputs"`;

type RawDetails = Omit<RunDetails, "metrics"> & { metrics: Record<keyof MetricRow, string>[] };

const toDetails = ({ metrics, params, tags, inputs, outputs, modelInputs }: RawDetails): RunDetails => ({
  metrics: metrics.map(({ key, value, timestamp, step }) => ({ key, value: Number(value), timestamp: Number(timestamp), step: Number(step) })),
  params,
  tags,
  inputs,
  outputs,
  modelInputs,
});

const readFullRun: Statement = { name: "read_full_run", text: `SELECT ${runColumns.sql}, ${detailColumns.sql} FROM run r WHERE r.workspace_id = $1 AND r.run_id = $2` };

/** A run with its metrics (the newest of each name), params, tags, inputs and outputs, by one query. */
export const findFullRun = async (db: Database, workspaceId: string, runId: string): Promise<(RunRow & RunDetails) | undefined> => {
  const [row] = await readRows<RawRun & RawDetails>(db, readFullRun, [workspaceId, runId]);
  return row && { ...toRunRow(row), ...toDetails(row) };
};

/** What runs hold, by one query, whatever their number. */
export const loadRunDetails = async (tx: Tx, seqs: readonly bigint[]): Promise<Map<bigint, RunDetails>> => {
  if (seqs.length === 0) return new Map();
  const rows = await tx.$queryRaw<({ seq: bigint } & RawDetails)[]>`SELECT r.seq, ${detailColumns} FROM run r WHERE r.seq = ANY(${[...seqs]}::bigint[])`;
  return new Map(rows.map((row) => [row.seq, toDetails(row)]));
};

/** Adds the datasets and models that runs read, and the models that they made: three queries, whatever their number. */
export const addRunLinks = async (tx: Tx, details: ReadonlyMap<bigint, RunLinks>): Promise<void> => {
  const where = { runSeq: { in: [...details.keys()] } };
  if (details.size === 0) return;
  for (const { runSeq, tags, dataset } of await tx.runInput.findMany({ where, include: { dataset: true }, orderBy: { datasetId: "asc" } })) details.get(runSeq)?.inputs.push({ tags: tags as KeyValue[], dataset });
  for (const { runSeq, modelId, step } of await tx.runOutput.findMany({ where, orderBy: [{ step: "asc" }, { model: { createdAt: "asc" } }, { modelId: "asc" }] })) details.get(runSeq)?.outputs.push({ modelId, step: Number(step) });
  for (const { runSeq, modelId } of await tx.runModelInput.findMany({ where, orderBy: { modelId: "asc" } })) details.get(runSeq)?.modelInputs.push(modelId);
};
