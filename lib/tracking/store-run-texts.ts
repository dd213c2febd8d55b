import { type Tx } from "@/lib/platform/db";

import { addRunLinks, type RunLinks } from "./store-runs";

/** What a run holds, read for being written on: numbers as Postgres writes them. */
export type RunTexts = RunLinks & {
  metrics: { key: string; value: string; timestamp: string; step: string }[];
  params: [key: string, value: string][];
  tags: [key: string, value: string][];
};

type Found = { kind: "metrics" | "params" | "tags" | "links"; seq: bigint; found: string };

const keyNames = new Map<number, string>();
const maxKeyNames = 50_000;

/** Names of metrics by their numbers. They never change, so that each process remembers them. */
const namesOf = async (tx: Tx, ids: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> => {
  const unknown = [...ids].filter((id) => !keyNames.has(id));
  if (keyNames.size + unknown.length > maxKeyNames) keyNames.clear();
  const missing = [...ids].filter((id) => !keyNames.has(id));
  if (missing.length > 0) for (const { id, key } of await tx.metricKey.findMany({ where: { id: { in: missing } }, select: { id: true, key: true } })) keyNames.set(id, key);
  return keyNames;
};

const byKey = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1);

/**
 * What many runs hold, each kind as one text a run: a statement that returns rows of single metrics costs several times as much, nearly
 * all of it for moving the rows.
 */
export const loadRunTexts = async (tx: Tx, seqs: readonly bigint[]): Promise<Map<bigint, RunTexts>> => {
  const texts = new Map<bigint, RunTexts>(seqs.map((seq) => [seq, { metrics: [], params: [], tags: [], inputs: [], outputs: [], modelInputs: [] }]));
  if (seqs.length === 0) return texts;
  const ids = [...seqs];
  const rows = await tx.$queryRaw<Found[]>`
    SELECT 'metrics' AS kind, run_seq AS seq, string_agg(concat_ws(',', key_id, value, ts, step), ';') AS found FROM metric_latest WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'params', run_seq, json_object_agg(key, value)::text FROM run_param WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'tags', run_seq, json_object_agg(key, value)::text FROM run_tag WHERE run_seq = ANY(${ids}::bigint[]) GROUP BY run_seq
    UNION ALL SELECT 'links', run_seq, '' FROM (
      SELECT run_seq FROM run_input WHERE run_seq = ANY(${ids}::bigint[]) UNION SELECT run_seq FROM run_output WHERE run_seq = ANY(${ids}::bigint[]) UNION SELECT run_seq FROM run_model_input WHERE run_seq = ANY(${ids}::bigint[])) linked`;
  const metrics: { of: RunTexts; points: string[][] }[] = [];
  const linked = new Map<bigint, RunTexts>();
  for (const { kind, seq, found } of rows) {
    const of = texts.get(seq);
    if (!of) continue;
    if (kind === "metrics") metrics.push({ of, points: found.split(";").map((point) => point.split(",")) });
    else if (kind === "links") linked.set(seq, of);
    else of[kind] = Object.entries(JSON.parse(found) as Record<string, string>).sort(byKey);
  }
  const names = await namesOf(tx, new Set(metrics.flatMap(({ points }) => points.map(([id]) => Number(id)))));
  for (const { of, points } of metrics) of.metrics = points.map(([id, value = "", timestamp = "", step = ""]) => ({ key: names.get(Number(id)) ?? "", value, timestamp, step }));
  await addRunLinks(tx, linked);
  return texts;
};
