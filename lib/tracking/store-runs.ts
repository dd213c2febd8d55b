import { Prisma, type Tx } from "@/lib/platform/db";

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

export const deleteTag = async (tx: Tx, seq: bigint, key: string): Promise<boolean> => (await tx.runTag.deleteMany({ where: { runSeq: seq, key } })).count > 0;

/** Inserts params that are new and returns those that the run holds with another value: params never change. */
export const insertParams = async (tx: Tx, seq: bigint, params: readonly KeyValue[]): Promise<(KeyValue & { wanted: string })[]> => {
  if (params.length === 0) return [];
  const sorted = [...params].sort((a, b) => (a.key < b.key ? -1 : 1));
  const stored = await tx.$queryRaw<KeyValue[]>`
    INSERT INTO run_param AS p (run_seq, key, value) SELECT ${seq}, * FROM unnest(${sorted.map(({ key }) => key)}::text[], ${sorted.map(({ value }) => value)}::text[])
    ON CONFLICT (run_seq, key) DO UPDATE SET value = p.value RETURNING key, value`;
  const wanted = new Map(params.map(({ key, value }) => [key, value]));
  return stored.flatMap(({ key, value }) => (wanted.get(key) === value ? [] : [{ key, value, wanted: wanted.get(key) ?? "" }]));
};

/** Metrics (the newest of each name), params, tags, inputs and outputs of runs: six queries, whatever their number. */
export const loadRunDetails = async (tx: Tx, seqs: readonly bigint[]): Promise<Map<bigint, RunDetails>> => {
  const details = new Map<bigint, RunDetails>(seqs.map((seq) => [seq, { metrics: [], params: [], tags: [], inputs: [], outputs: [], modelInputs: [] }]));
  if (seqs.length === 0) return details;
  const ids = [...seqs];
  const metrics = await tx.$queryRaw<{ seq: bigint; key: string; value: number; ts: bigint; step: bigint }[]>`
    SELECT l.run_seq AS seq, k.key, l.value, l.ts, l.step FROM metric_latest l JOIN metric_key k ON k.id = l.key_id WHERE l.run_seq = ANY(${ids}::bigint[]) ORDER BY k.key`;
  for (const { seq, key, value, ts, step } of metrics) details.get(seq)?.metrics.push({ key, value, timestamp: Number(ts), step: Number(step) });
  for (const { runSeq, key, value } of await tx.runParam.findMany({ where: { runSeq: { in: ids } }, orderBy: { key: "asc" } })) details.get(runSeq)?.params.push({ key, value });
  for (const { runSeq, key, value } of await tx.runTag.findMany({ where: { runSeq: { in: ids } }, orderBy: { key: "asc" } })) details.get(runSeq)?.tags.push({ key, value });
  await addRunLinks(tx, details);
  return details;
};

/** Adds the datasets and models that runs read, and the models that they made: three queries, whatever their number. */
export const addRunLinks = async (tx: Tx, details: ReadonlyMap<bigint, RunLinks>): Promise<void> => {
  const where = { runSeq: { in: [...details.keys()] } };
  if (details.size === 0) return;
  for (const { runSeq, tags, dataset } of await tx.runInput.findMany({ where, include: { dataset: true } })) details.get(runSeq)?.inputs.push({ tags: tags as KeyValue[], dataset });
  for (const { runSeq, modelId, step } of await tx.runOutput.findMany({ where })) details.get(runSeq)?.outputs.push({ modelId, step: Number(step) });
  for (const { runSeq, modelId } of await tx.runModelInput.findMany({ where, orderBy: { modelId: "asc" } })) details.get(runSeq)?.modelInputs.push(modelId);
};
